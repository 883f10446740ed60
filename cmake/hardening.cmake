# Hardening of every build: stack canaries, checked copies (FORTIFY), position-independent executables and read-only
# relocations. Each flag is used where the compiler or linker supports it. tests/lint/hardening.sh checks the program
# that was built.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "VOXSTAT_HAS${flag}" known)
  check_c_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(voxstat_settings INTERFACE ${flag})
  endif()
endforeach()
foreach(flag relro now noexecstack)
  check_linker_flag(C "LINKER:-z,${flag}" VOXSTAT_LINKS_${flag})
  if(VOXSTAT_LINKS_${flag})
    target_link_options(voxstat_settings INTERFACE "LINKER:-z,${flag}")
  endif()
endforeach()
# FORTIFY needs optimisation, and it hides errors from the sanitizers.
if(NOT VOXSTAT_SANITIZE)
  target_compile_options(voxstat_settings INTERFACE
                         "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()
