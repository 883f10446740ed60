# Writes the manual pages that PROGRAM prints into FOLDER: voxstat.1, and one page for each command that it names.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${PROGRAM} --help=man OUTPUT_FILE ${FOLDER}/voxstat.1 COMMAND_ERROR_IS_FATAL ANY)
file(STRINGS ${FOLDER}/voxstat.1 headings REGEX "^.fBvoxstat..[a-z]+.fR.1.$")
if(NOT headings)
  message(FATAL_ERROR "${FOLDER}/voxstat.1 names no commands")
endif()
foreach(heading IN LISTS headings)
  string(REGEX REPLACE "^.fBvoxstat..([a-z]+).*" "\\1" command "${heading}")
  execute_process(COMMAND ${PROGRAM} ${command} --help=man OUTPUT_FILE ${FOLDER}/voxstat-${command}.1
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
