# SPDX-License-Identifier: Apache-2.0
# Target sfp_nng: the message library. Its releases before 1.6 crash or wedge when peers die (docs/architecture.md), so
#   1. the system's libnng is used when it is 1.6 or newer;
#   2. otherwise Debian 13's static archives are unpacked into the build tree (nothing is installed);
#   3. where they are not to be had, the system's library is used, loudly: canary and supervisor then carry it.
set(SFP_NNG "auto" CACHE STRING "auto, system or private: which libnng to link")
set(NNG_PRIVATE_DIR ${CMAKE_BINARY_DIR}/nng-private)

find_path(NNG_INCLUDE_DIR nng/nng.h)
find_library(NNG_LIBRARY nng)
set(NNG_SYSTEM_VERSION 0)
if(NNG_INCLUDE_DIR AND NNG_LIBRARY)
    foreach(part MAJOR MINOR PATCH)
        file(STRINGS ${NNG_INCLUDE_DIR}/nng/nng.h line REGEX "#define NNG_${part}_VERSION")
        string(REGEX MATCH "[0-9]+" NNG_${part} "${line}")
    endforeach()
    set(NNG_SYSTEM_VERSION ${NNG_MAJOR}.${NNG_MINOR}.${NNG_PATCH})
endif()

add_library(sfp_nng INTERFACE)
target_link_libraries(sfp_nng INTERFACE Threads::Threads)

set(NNG_USE_SYSTEM FALSE)
if(SFP_NNG STREQUAL "system" OR (SFP_NNG STREQUAL "auto" AND NNG_SYSTEM_VERSION VERSION_GREATER_EQUAL 1.6))
    set(NNG_USE_SYSTEM TRUE)
elseif(NOT EXISTS ${NNG_PRIVATE_DIR}/ready)
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/cmake/fetch-nng.sh ${NNG_PRIVATE_DIR} RESULT_VARIABLE NNG_FETCH)
    if(NOT NNG_FETCH EQUAL 0)
        set(NNG_USE_SYSTEM TRUE)
        message(WARNING
            "\n  *** libnng ${NNG_SYSTEM_VERSION} of this system crashes or wedges when peers die, and Debian 13's could not\n"
            "  *** be fetched. The suite is built on it all the same: each process then relies on its canary and on the\n"
            "  *** supervisor that restarts it. Use Debian 13 or give network access to its archive for production.\n")
    endif()
endif()

if(NNG_USE_SYSTEM)
    if(NOT NNG_LIBRARY)
        message(FATAL_ERROR "libnng is missing: apt-get install libnng-dev")
    endif()
    message(STATUS "NNG: the system's ${NNG_SYSTEM_VERSION}")
    target_include_directories(sfp_nng SYSTEM INTERFACE ${NNG_INCLUDE_DIR})
    target_link_libraries(sfp_nng INTERFACE ${NNG_LIBRARY})
else()
    file(GLOB NNG_ARCHIVE_DIR ${NNG_PRIVATE_DIR}/root/usr/lib/*-linux-gnu*)
    file(STRINGS ${NNG_PRIVATE_DIR}/ready NNG_PRIVATE_VERSION)
    message(STATUS "NNG: Debian 13's ${NNG_PRIVATE_VERSION}, linked statically from the build tree")
    add_library(nng_glibc_shim STATIC ${CMAKE_SOURCE_DIR}/cmake/nng-glibc-shim.c)
    target_link_libraries(nng_glibc_shim PRIVATE sfp_generated)
    target_include_directories(sfp_nng SYSTEM BEFORE INTERFACE ${NNG_PRIVATE_DIR}/root/usr/include)
    target_link_libraries(sfp_nng INTERFACE
        ${NNG_ARCHIVE_DIR}/libnng.a ${NNG_ARCHIVE_DIR}/libmbedtls.a ${NNG_ARCHIVE_DIR}/libmbedx509.a
        ${NNG_ARCHIVE_DIR}/libmbedcrypto.a nng_glibc_shim)
endif()
