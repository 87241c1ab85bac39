// NVIDIA's wheels bring the headers of CUDA's runtime, which include this one, and leave it out: it comes with nvcc. Where no toolkit has it,
// these are the words that the other headers write, in their meaning for a compiler of the host: none, but for alignment.
// Read against the headers of CUDA 12.4, tried with those of 13.0 too, and searched after all other folders (scripts/build.mjs).
#pragma once

#define CUDARTAPI
#define CUDARTAPI_CDECL

#define __host__
#define __device__
#define __global__
#define __shared__
#define __constant__
#define __managed__
#define __grid_constant__

#define __cudart_builtin__
#define __device_builtin__
#define __device_builtin_surface_type__
#define __device_builtin_texture_type__

#define __align__(bytes) __attribute__((aligned(bytes)))
#define __builtin_align__(bytes) __align__(bytes)
#define __forceinline__ __inline__ __attribute__((always_inline))
#define __no_return__ __attribute__((noreturn))
#define __specialization_static
