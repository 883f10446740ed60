# `cmake --workflow --preset deb`: Debian packages, voxstat (the program) and libvoxstat-dev. Dependencies come from
# dpkg-shlibdeps. OpenCL drivers are suggested, not required: a GPU's driver comes from its vendor, and the C backend
# needs no driver.
set(VOXSTAT_MAINTAINER "voxstat maintainers <maintainers@voxstat.example>" CACHE STRING "of the Debian packages")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME voxstat)
set(CPACK_PACKAGE_VENDOR voxstat)
set(CPACK_PACKAGE_CONTACT ${VOXSTAT_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/package-files.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_VOXSTAT_CHANGELOG ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md) # for that script

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME voxstat)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "opencl-icd, pocl-opencl-icd, python3-nipype")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "Paired t-maps of two sessions, correlation of the change with a covariate,
and family-wise error by permutation: by voxel, cluster extent, cluster mass
and threshold-free cluster enhancement. Reads NIfTI and ANALYZE images, runs
on a GPU through OpenCL or on the processor alone, with the same answers.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libvoxstat-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(development_packages liblapacke-dev libjansson-dev libexpat1-dev zlib1g-dev libhdf5-dev libnifti2-dev libnifticdf-dev
    libssl-dev)
if(VOXSTAT_OPENCL)
  list(APPEND development_packages ocl-icd-opencl-dev)
endif()
list(JOIN development_packages ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "libvoxstat, the library that the program voxstat is a thin shell around: its
headers, the static library, and files for pkg-config and CMake.")
include(CPack)
