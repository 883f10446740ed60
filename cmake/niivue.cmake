# Sets NIIVUE, the path of the niivue.js that is embedded for the viewer of report.html: VOXSTAT_NIIVUE, or else the
# file that host/report/niivue/fetch.sh downloaded to build/niivue (bootstrap.sh calls it). Without either NIIVUE is
# empty; report.html then has only its pictures, and says so.
set(VOXSTAT_NIIVUE "" CACHE STRING "path of niivue.js, for the viewer of report.html; OFF leaves the viewer out")
set(NIIVUE "${VOXSTAT_NIIVUE}")
if(NIIVUE STREQUAL "" AND EXISTS ${CMAKE_SOURCE_DIR}/build/niivue/niivue.js)
  set(NIIVUE ${CMAKE_SOURCE_DIR}/build/niivue/niivue.js)
elseif(NIIVUE STREQUAL "OFF")
  set(NIIVUE "")
elseif(NIIVUE AND NOT EXISTS ${NIIVUE})
  message(FATAL_ERROR "VOXSTAT_NIIVUE: there is no ${NIIVUE}")
endif()
if(NIIVUE)
  message(STATUS "viewer in report.html: ${NIIVUE}")
  get_filename_component(folder ${NIIVUE} DIRECTORY)
  install(FILES ${folder}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.niivue OPTIONAL)
else()
  message(STATUS "viewer in report.html: none (sh bootstrap.sh build fetches NiiVue where there is npm)")
endif()
