# SPDX-License-Identifier: Apache-2.0
# protobuf_c_library(<name> ROOT <dir> PROTOS <files relative to ROOT> SERVICES <those of them that hold a service>)
# A static library of everything protoc makes of the files:
#   <proto>.pb-c.{c,h}        messages and service descriptors
#   sfp_descriptor_set        all files with their comments, as bytes (common/schema.h decodes them once)
#   sfp_service_descriptors   every service descriptor, NULL-terminated
#   sfp_event_descriptors     every message whose first line is `option (sfp.event)`, NULL-terminated
# Generated files stay in the build tree.
find_program(PROTOC protoc REQUIRED)
find_program(PROTOC_GEN_C protoc-gen-c REQUIRED)

function(protobuf_c_library name)
    cmake_parse_arguments(ARG "" "ROOT" "PROTOS;SERVICES" ${ARGN})
    set(out ${CMAKE_CURRENT_BINARY_DIR}/gen)
    set(set_file ${out}/descriptor_set.bin)
    file(MAKE_DIRECTORY ${out})
    pkg_get_variable(protobuf_c_include libprotobuf-c includedir)
    pkg_get_variable(protobuf_include protobuf includedir)
    set(includes -I${ARG_ROOT} -I${protobuf_c_include} -I/usr/include)
    list(TRANSFORM ARG_PROTOS PREPEND ${ARG_ROOT}/ OUTPUT_VARIABLE inputs)

    set(sources)
    foreach(proto IN LISTS ARG_PROTOS ITEMS google/protobuf/descriptor.proto)
        string(REGEX REPLACE "\\.proto$" ".pb-c" stem ${proto})
        if(proto MATCHES "annotations.proto")   # extensions only; it generates nothing
            continue()
        endif()
        add_custom_command(OUTPUT ${out}/${stem}.c ${out}/${stem}.h
            COMMAND ${PROTOC} ${includes} --plugin=protoc-gen-c=${PROTOC_GEN_C} --c_out=${out} ${proto}
            DEPENDS ${inputs} VERBATIM COMMENT "protoc ${proto}")
        list(APPEND sources ${out}/${stem}.c)
    endforeach()

    add_custom_command(OUTPUT ${set_file}
        COMMAND ${PROTOC} ${includes} --include_imports --include_source_info --descriptor_set_out=${set_file} ${ARG_PROTOS}
        DEPENDS ${inputs} VERBATIM COMMENT "protoc descriptor set")
    embed_file(set_source sfp_descriptor_set ${set_file})

    # A service Foo in sfp/foo.proto (c_package "foo") is the symbol foo__foo__descriptor.
    set(declarations "")
    set(rows "")
    foreach(service IN LISTS ARG_SERVICES)
        string(APPEND declarations "extern const ProtobufCServiceDescriptor ${service}__${service}__descriptor;\n")
        string(APPEND rows "        &${service}__${service}__descriptor,\n")
    endforeach()
    # A message FooBar of c_package "goals" is the symbol goals__foo_bar__descriptor.
    set(event_declarations "")
    set(event_rows "")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs})
    foreach(input IN LISTS inputs)
        file(READ ${input} text)
        string(REGEX MATCH "c_package = \"([a-z]+)\"" package "${text}")
        set(package ${CMAKE_MATCH_1})
        string(REGEX MATCHALL "message [A-Za-z]+ {[ \n]*option .sfp.event" events "${text}")
        foreach(event IN LISTS events)
            string(REGEX REPLACE "message ([A-Za-z]+) .*" "\\1" event "${event}")
            string(REGEX REPLACE "([A-Z])" "_\\1" event "${event}")
            string(TOLOWER ${package}_${event}__descriptor symbol)
            string(APPEND event_declarations "extern const ProtobufCMessageDescriptor ${symbol};\n")
            string(APPEND event_rows "        &${symbol},\n")
        endforeach()
    endforeach()
    file(CONFIGURE OUTPUT ${out}/services.c @ONLY CONTENT
"#include <protobuf-c/protobuf-c.h>
@declarations@extern const ProtobufCServiceDescriptor *const sfp_service_descriptors[];
const ProtobufCServiceDescriptor *const sfp_service_descriptors[] = {
@rows@        NULL,
};

@event_declarations@extern const ProtobufCMessageDescriptor *const sfp_event_descriptors[];
const ProtobufCMessageDescriptor *const sfp_event_descriptors[] = {
@event_rows@        NULL,
};
")
    add_library(${name} STATIC ${sources} ${set_source} ${out}/services.c)
    target_include_directories(${name} SYSTEM PUBLIC ${out})
    target_link_libraries(${name} PUBLIC PkgConfig::PROTOBUF_C PRIVATE sfp_generated)
endfunction()
