# Writes OUTPUT, a header with VOXSTAT_COMMIT: the commit that SOURCE is at, "+" behind it where files differ from it,
# "unknown" without git. Run at every build; the file is touched only when its text changes.
cmake_minimum_required(VERSION 3.25)
set(commit unknown)
find_package(Git QUIET)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --abbrev=12 --exclude=* --dirty=+
                  WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE found RESULT_VARIABLE failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(commit ${found})
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define VOXSTAT_COMMIT \"@commit@\"\n" @ONLY)
