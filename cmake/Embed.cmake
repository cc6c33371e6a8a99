# SPDX-License-Identifier: Apache-2.0
# embed_file(<out-var> <symbol> <file>): a C source that defines
#   const unsigned char <symbol>[] and const size_t <symbol>_size
# with the bytes of <file>; a NUL follows the last byte.
function(embed_file out symbol file)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.c)
    set(EMBED_SYMBOL ${symbol})
    set(EMBED_FILE ${file})
    configure_file(${CMAKE_SOURCE_DIR}/cmake/embed.c.in ${source} @ONLY)
    set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file} GENERATED ON
        COMPILE_OPTIONS -fno-lto)   # a symbol made by the assembler is unknown to the link-time optimiser
    set(${out} ${source} PARENT_SCOPE)
endfunction()
