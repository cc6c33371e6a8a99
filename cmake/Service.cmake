# SPDX-License-Identifier: Apache-2.0
# migrations_source(<out-var> <table> <prefix> <sql files, in order>)
# Sources that embed each SQL file and define the table `const struct migration <table>[]` (common/migrate.h) of them.
function(migrations_source out table prefix)
    set(sources)
    set(declarations "")
    set(rows "")
    foreach(file IN LISTS ARGN)
        get_filename_component(stem ${file} NAME_WE)
        string(MAKE_C_IDENTIFIER "${prefix}_${stem}" symbol)
        embed_file(source ${symbol} ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        list(APPEND sources ${source})
        string(APPEND declarations "extern const char ${symbol}[];\n")
        string(APPEND rows "        {\"${stem}\", ${symbol}},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${table}.c @ONLY CONTENT
"#include \"common/migrate.h\"
@declarations@
const struct migration @table@[] = {
@rows@        {0},
};
")
    set(${out} ${sources} ${CMAKE_CURRENT_BINARY_DIR}/${table}.c PARENT_SCOPE)
endfunction()

# add_next_version(<name> <sql files>)
# The program <name>-next, for the test of an upgrade: the same with one migration more, which changes every table.
function(add_next_version name)
    migrations_source(migrations next_migrations ${name}_next ${ARGN} ../tests/fault/9999_next.sql)
    add_executable(${name}-next main.c ${migrations})
    target_compile_definitions(${name}-next PRIVATE service_migrations=next_migrations)
    target_link_libraries(${name}-next PRIVATE ${name}-lib sfp_compiler)
    set_property(GLOBAL APPEND PROPERTY SFP_NEXT_SERVICES ${name}-next)
endfunction()

# add_service(<name> SOURCES <files> [SCHEMA <sql files, in order>] [LIBRARIES <targets>])
# Builds lib<name>.a from SOURCES (what tests link) and the program <name> from main.c. The SQL files are the service's
# migrations, the table service_migrations.
function(add_service name)
    cmake_parse_arguments(ARG "" "" "SOURCES;SCHEMA;LIBRARIES" ${ARGN})
    migrations_source(migrations service_migrations ${name} ${ARG_SCHEMA})
    add_library(${name}-lib STATIC ${ARG_SOURCES} ${migrations})
    target_link_libraries(${name}-lib PUBLIC sfp_common ${ARG_LIBRARIES} PRIVATE sfp_compiler)
    add_executable(${name} main.c)
    target_link_libraries(${name} PRIVATE ${name}-lib sfp_compiler)
    set_property(GLOBAL APPEND PROPERTY SFP_SERVICES ${name})
    add_next_version(${name} ${ARG_SCHEMA})
endfunction()
