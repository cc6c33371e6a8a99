# SPDX-License-Identifier: Apache-2.0
# add_service(<name> SOURCES <files> [SCHEMA <sql files, in order>] [LIBRARIES <targets>])
# Builds lib<name>.a from SOURCES (what tests link) and the program <name> from main.c. Each SQL file is embedded;
# <name>'s migrations are the NULL-terminated table service_migrations (common/migrate.h).
function(add_service name)
    cmake_parse_arguments(ARG "" "" "SOURCES;SCHEMA;LIBRARIES" ${ARGN})
    set(declarations "")
    set(rows "")
    foreach(file IN LISTS ARG_SCHEMA)
        get_filename_component(stem ${file} NAME_WE)
        string(MAKE_C_IDENTIFIER "${name}_${stem}" symbol)
        embed_file(source ${symbol} ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        list(APPEND ARG_SOURCES ${source})
        string(APPEND declarations "extern const char ${symbol}[];\n")
        string(APPEND rows "        {\"${stem}\", ${symbol}},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/migrations.c @ONLY CONTENT
"#include \"common/migrate.h\"
@declarations@
const struct migration service_migrations[] = {
@rows@        {0},
};
")
    add_library(${name}-lib STATIC ${ARG_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/migrations.c)
    target_link_libraries(${name}-lib PUBLIC sfp_common ${ARG_LIBRARIES} PRIVATE sfp_compiler)
    add_executable(${name} main.c)
    target_link_libraries(${name} PRIVATE ${name}-lib sfp_compiler)
    set_property(GLOBAL APPEND PROPERTY SFP_SERVICES ${name})
endfunction()
