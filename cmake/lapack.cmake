# LAPACK serves the QR of designs, matrices of a few columns. A fast BLAS does not speed these up, but starts threads
# before main, which hold memory and crash where memory is limited. So the program links the reference implementation
# where its static libraries are found; the last digits then do not depend on the BLAS of a machine.
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET lapacke)
set(VOXSTAT_LAPACK PkgConfig::LAPACKE)
option(VOXSTAT_REFERENCE_LAPACK "link the reference LAPACK into the program where its static libraries are found" ON)
if(VOXSTAT_REFERENCE_LAPACK AND NOT BUILD_SHARED_LIBS) # a shared library cannot contain these static ones
  find_library(LAPACKE_STATIC liblapacke.a)
  # The folders select the reference: the plain names may be links to another implementation (Debian's alternatives).
  find_library(LAPACK_STATIC lapack/liblapack.a)
  find_library(BLAS_STATIC blas/libblas.a)
  find_library(GFORTRAN NAMES gfortran libgfortran.so.5)
  if(LAPACKE_STATIC AND LAPACK_STATIC AND BLAS_STATIC AND GFORTRAN)
    # A program that links libvoxstat itself uses the LAPACK of the machine.
    set(VOXSTAT_LAPACK "$<BUILD_INTERFACE:${LAPACKE_STATIC};${LAPACK_STATIC};${BLAS_STATIC};${GFORTRAN}>"
        $<INSTALL_INTERFACE:PkgConfig::LAPACKE>)
  endif()
endif()
