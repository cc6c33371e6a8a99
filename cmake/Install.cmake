# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where (GNUInstallDirs), in components, so that an image takes one program:
#   gateway, svc-NAME   one program each
#   tools               operators' programs
#   doc                 what a person reads
include(GNUInstallDirs)
get_property(services GLOBAL PROPERTY SFP_SERVICES)
get_property(tools GLOBAL PROPERTY SFP_TOOLS)
install(TARGETS sfp-gateway RUNTIME COMPONENT gateway)
foreach(service IN LISTS services)
    install(TARGETS ${service} RUNTIME COMPONENT ${service})
endforeach()
install(TARGETS ${tools} RUNTIME COMPONENT tools)
install(FILES README.md CHANGELOG.md LICENSE SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT doc FILES_MATCHING PATTERN "*.md")
