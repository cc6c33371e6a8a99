# SPDX-License-Identifier: Apache-2.0
# One interface target, sfp_compiler, carries every flag; generated code links sfp_generated instead.
set(SFP_SANITIZE "" CACHE STRING "Sanitizers to build with, as given to -fsanitize= (empty: none)")
option(SFP_COVERAGE "Instrument for gcov" OFF)
option(SFP_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(sfp_flags INTERFACE)
target_include_directories(sfp_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(sfp_flags INTERFACE _GNU_SOURCE SFP_VERSION="${PROJECT_VERSION}")
target_compile_options(sfp_flags INTERFACE -fno-omit-frame-pointer -fstack-protector-strong)
target_link_options(sfp_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
if(SFP_SANITIZE)
    target_compile_options(sfp_flags INTERFACE -fsanitize=${SFP_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(sfp_flags INTERFACE -fsanitize=${SFP_SANITIZE})
else()
    target_compile_definitions(sfp_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(SFP_FUZZ)
    target_compile_options(sfp_flags INTERFACE -fsanitize=fuzzer-no-link)   # so that libFuzzer sees the branches taken
endif()
if(SFP_COVERAGE)
    target_compile_options(sfp_flags INTERFACE --coverage)
    target_link_options(sfp_flags INTERFACE --coverage)
endif()

add_library(sfp_generated INTERFACE)
target_link_libraries(sfp_generated INTERFACE sfp_flags)
target_compile_options(sfp_generated INTERFACE -w)

add_library(sfp_compiler INTERFACE)
target_link_libraries(sfp_compiler INTERFACE sfp_flags)
target_compile_options(sfp_compiler INTERFACE
    -Wall -Wextra -Werror
    -Wshadow             # a hidden variable is a misread one
    -Wstrict-prototypes -Wmissing-prototypes   # what is not in a header is static
    -Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef -Wvla
    -Wno-missing-field-initializers            # designated initialisers leave the rest zero on purpose
    -Wno-format-nonliteral)
