// What the parts of the stand-in share.
#pragma once
#define _GNU_SOURCE
#include <cuda_runtime_api.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct CUstream_st { int isCapturing; };

// Preloaded names stand before everybody's: these stay in here.
#define OWN __attribute__((visibility("hidden")))

OWN extern struct CUstream_st* origin;  // the stream whose capture is under way
OWN extern size_t bytesInUse;
OWN extern __thread enum cudaStreamCaptureMode threadMode;
OWN extern __thread cudaError_t lastError;

OWN long setting(const char* name, long otherwise);
OWN size_t memory(void);
OWN void count(const char* name, cudaStream_t stream);
OWN cudaError_t refuse(cudaError_t code, const char* what);
static inline int isCaptured(cudaStream_t stream) { return stream && stream->isCapturing; }

// Calls that may wait for other streams, while any is captured.
#define NOT_IN_CAPTURE(what) \
  if (origin && threadMode != cudaStreamCaptureModeRelaxed) return refuse(cudaErrorStreamCaptureUnsupported, what)
