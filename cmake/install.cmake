# cmake --install: the program with its manual pages and completions, and libvoxstat with its files for pkg-config and
# find_package(voxstat).
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program) # cpack has two components: program and development

set_target_properties(voxstat PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
# The program in the build folder has the RPATH of the installed one: the unusual folders of libraries that it links, if
# any. With a separate build RPATH, CMake pads the path with an empty element, which the loader takes for the current
# folder.
set_target_properties(voxstat voxstat-program PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH_USE_LINK_PATH ON)
add_library(voxstat::voxstat ALIAS voxstat)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/voxstat)

# The libraries that a program must link beside libvoxstat: all of them where the library is static, else none.
set(pc_requires "zlib jansson expat lapacke libcrypto")
if(VOXSTAT_OPENCL)
  string(APPEND pc_requires " OpenCL")
endif()
list(GET hdf5_libraries 0 hdf5_library) # the others are dependencies of HDF5
set(pc_libs ${NIFTI_nifticdf} ${NIFTI_nifti2} ${NIFTI_znz} ${hdf5_library} ${OpenMP_C_FLAGS} -lm)
list(JOIN pc_libs " " pc_libs)
get_target_property(library_type voxstat TYPE)
if(library_type STREQUAL "SHARED_LIBRARY")
  set(pc_private ".private")
  set(pc_libs_lines "Libs: -L\${libdir} -lvoxstat\nLibs.private: ${pc_libs}")
else()
  set(pc_libs_lines "Libs: -L\${libdir} -lvoxstat ${pc_libs}")
endif()
# Relative to the file itself, so that --prefix at installation may differ from the one at configuration.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/voxstat.pc.in voxstat.pc @ONLY)
configure_package_config_file(cmake/voxstatConfig.cmake.in voxstatConfig.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(voxstatConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# The manual pages and the completions are printed by the program from its own option table.
foreach(shell bash zsh)
  add_custom_command(OUTPUT voxstat.${shell} COMMAND voxstat-program --help=${shell} > voxstat.${shell}
                     DEPENDS voxstat-program VERBATIM)
endforeach()
add_custom_command(OUTPUT man/voxstat.1
                   COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:voxstat-program> -DFOLDER=man
                           -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/manual.cmake
                   DEPENDS voxstat-program cmake/manual.cmake VERBATIM)
add_custom_target(manual ALL DEPENDS man/voxstat.1 voxstat.bash voxstat.zsh)

install(TARGETS voxstat-program RUNTIME)
install(TARGETS voxstat EXPORT voxstat LIBRARY NAMELINK_COMPONENT development ARCHIVE COMPONENT development)
install(DIRECTORY include/voxstat DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT voxstat NAMESPACE voxstat:: FILE voxstatTargets.cmake DESTINATION ${package_folder}
        COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/voxstatConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/voxstatConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/voxstat.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
install(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/voxstat.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME voxstat)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/voxstat.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
        RENAME _voxstat)
install(FILES contrib/nipype/voxstat.py DESTINATION ${CMAKE_INSTALL_DATADIR}/voxstat/nipype)
# The documents, with the files that they link to.
install(FILES LICENSE README.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES sample_data/demo.png DESTINATION ${CMAKE_INSTALL_DOCDIR}/sample_data)
install(FILES bench/README.md bench/RESULTS.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/bench)
