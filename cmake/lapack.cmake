# LAPACK for the QR of a design and the like: matrices of a few columns, to which a fast BLAS adds nothing but its threads,
# which are started before main, hold memory, and end badly where there is little. So the reference implementation goes
# into the program where its static libraries are there; the last digits then do not depend on which BLAS a machine has.
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET lapacke)
set(VOXSTAT_LAPACK PkgConfig::LAPACKE)
option(VOXSTAT_REFERENCE_LAPACK "link the reference LAPACK into the program where its static libraries are found" ON)
if(VOXSTAT_REFERENCE_LAPACK AND NOT BUILD_SHARED_LIBS) # which such libraries cannot go into
  find_library(LAPACKE_STATIC liblapacke.a)
  # Folders of their own: the plain names may be those of another implementation (Debian's alternatives).
  find_library(LAPACK_STATIC lapack/liblapack.a)
  find_library(BLAS_STATIC blas/libblas.a)
  find_library(GFORTRAN NAMES gfortran libgfortran.so.5)
  if(LAPACKE_STATIC AND LAPACK_STATIC AND BLAS_STATIC AND GFORTRAN)
    # Whoever links libvoxstat itself takes the LAPACK of the machine.
    set(VOXSTAT_LAPACK "$<BUILD_INTERFACE:${LAPACKE_STATIC};${LAPACK_STATIC};${BLAS_STATIC};${GFORTRAN}>"
        $<INSTALL_INTERFACE:PkgConfig::LAPACKE>)
  endif()
endif()
