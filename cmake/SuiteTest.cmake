# SPDX-License-Identifier: Apache-2.0
# add_suite_test(<path/of_test> KIND unit|integration|e2e [LIBRARIES <targets>])
# Builds tests/<path/of_test>.c as a Check program. build/<preset>/tests.list names all of them, a line each:
# "<kind> <name> <program>"; ./sfp test runs them from there.
function(add_suite_test path)
    cmake_parse_arguments(ARG "" "KIND" "LIBRARIES" ${ARGN})
    if(NOT CHECK_FOUND OR SFP_FUZZ)
        return()
    endif()
    string(REPLACE "/" "-" target ${path})
    add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/${path}.c)
    set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/${path}.c
        PROPERTIES COMPILE_OPTIONS -Wno-write-strings)   # literals stand in the char * fields of messages
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} sfp_common PkgConfig::CHECK sfp_compiler)
    if(ARG_KIND STREQUAL unit)
        set_property(GLOBAL APPEND PROPERTY SFP_UNIT_TESTS ${target})
    endif()
    set_property(GLOBAL APPEND PROPERTY SFP_TESTS "${ARG_KIND} ${path} ${CMAKE_BINARY_DIR}/tests/${target}")
endfunction()

# The lists, and the target of all unit tests.
function(suite_tests_write)
    get_property(units GLOBAL PROPERTY SFP_UNIT_TESTS)
    add_custom_target(units DEPENDS ${units})
    get_property(tests GLOBAL PROPERTY SFP_TESTS)
    list(JOIN tests "\n" lines)
    file(WRITE ${CMAKE_BINARY_DIR}/tests.list "${lines}\n")
    get_property(services GLOBAL PROPERTY SFP_SERVICES)
    list(JOIN services "\n" lines)
    file(WRITE ${CMAKE_BINARY_DIR}/services.list "${lines}\n")
    get_property(tools GLOBAL PROPERTY SFP_TOOLS)
    list(JOIN tools "\n" lines)
    file(WRITE ${CMAKE_BINARY_DIR}/tools.list "${lines}\n")
endfunction()
