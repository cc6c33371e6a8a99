# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where (GNUInstallDirs), in components, so that an image takes one program:
#   gateway, svc-NAME   one program each
#   tools               operators' programs
#   doc                 what a person reads
#   manual              sfp(1) and the completions of three shells
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

# The manual and the completions of ./sfp, out of its --help.
set(manual ${CMAKE_BINARY_DIR}/manual)
file(GLOB sfp_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scripts/sfp.d/*.sh)
set(manual_files)
function(write_manual file)
    add_custom_command(OUTPUT ${manual}/${file}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}
        COMMAND sh -c "\"$0\" \"$@\" > '${manual}/${file}.new' && mv '${manual}/${file}.new' '${manual}/${file}'" ${ARGN}
        DEPENDS ${CMAKE_SOURCE_DIR}/sfp ${sfp_parts} ${CMAKE_SOURCE_DIR}/scripts/help-words.sh ${ARGV1} VERBATIM
        COMMENT "manual ${file}")
    set(manual_files ${manual_files} ${manual}/${file} PARENT_SCOPE)
endfunction()
write_manual(sfp.1 ${CMAKE_SOURCE_DIR}/scripts/man-page.sh ${PROJECT_VERSION})
write_manual(sfp.bash ${CMAKE_SOURCE_DIR}/scripts/completion.sh bash)
write_manual(_sfp ${CMAKE_SOURCE_DIR}/scripts/completion.sh zsh)
write_manual(sfp.fish ${CMAKE_SOURCE_DIR}/scripts/completion.sh fish)
add_custom_target(manual ALL DEPENDS ${manual_files})
install(FILES ${manual}/sfp.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT manual)
install(FILES ${manual}/sfp.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT manual RENAME sfp)
install(FILES ${manual}/_sfp DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT manual)
install(FILES ${manual}/sfp.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT manual)
