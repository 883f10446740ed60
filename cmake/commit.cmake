# Writes OUTPUT, a header that defines VOXSTAT_COMMIT: the commit of SOURCE, with "+" appended where files differ from
# it, or "unknown" without git. Runs at every build, but the file changes only when its text does.
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
