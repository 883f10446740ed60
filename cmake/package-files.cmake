# Runs before a package is built: changes the files that `cmake --install` puts into /usr/share to the layout that
# Debian's policy requires.
file(GLOB roots ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr)
foreach(root IN LISTS roots)
  get_filename_component(component ${root} DIRECTORY)
  get_filename_component(component ${component} NAME)
  set(package voxstat)
  if(component STREQUAL development)
    set(package libvoxstat-dev)
  endif()
  set(documents ${root}/share/doc/${package})
  file(MAKE_DIRECTORY ${documents})
  file(WRITE ${documents}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: voxstat

Files: *
Copyright: 2026, the voxstat authors
License: Apache-2.0
 The whole text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
")
  file(REMOVE ${documents}/LICENSE)
  file(COPY_FILE ${CPACK_VOXSTAT_CHANGELOG} ${documents}/changelog)
  string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # of SOURCE_DATE_EPOCH where that is set
  file(WRITE ${documents}/changelog.Debian
"voxstat (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Built by cpack from the sources; changelog.gz says what they hold.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
  file(GLOB pages ${root}/share/man/man1/*.1)
  execute_process(COMMAND gzip -9nf ${documents}/changelog ${documents}/changelog.Debian ${pages}
                  COMMAND_ERROR_IS_FATAL ANY)
  if(EXISTS ${root}/share/zsh/site-functions) # Debian's own folder; site-functions is for /usr/local
    file(MAKE_DIRECTORY ${root}/share/zsh/vendor-completions)
    file(RENAME ${root}/share/zsh/site-functions/_voxstat ${root}/share/zsh/vendor-completions/_voxstat)
    file(REMOVE_RECURSE ${root}/share/zsh/site-functions)
  endif()
endforeach()
