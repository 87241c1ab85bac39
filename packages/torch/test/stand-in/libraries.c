// What the driver and the libraries beside the runtime must answer; all else of them returns 0 (scripts/try-debian.sh adds it).
#include "stand-in.h"

#define SOMEWHERE ((void*)8)

static __thread cudaStream_t blasStream, fftStream;
#define PRODUCT(name) \
  int name(void) { return !blasStream && origin ? 14 : (count(#name, blasStream), 0); }
PRODUCT(cublasSgemm_v2) PRODUCT(cublasDgemm_v2) PRODUCT(cublasGemmEx) PRODUCT(cublasSgemmEx) PRODUCT(cublasSgemv_v2) PRODUCT(cublasSdot_v2)
PRODUCT(cublasDotEx) PRODUCT(cublasSgemmStridedBatched) PRODUCT(cublasDgemmStridedBatched) PRODUCT(cublasGemmStridedBatchedEx)
int cublasCreate_v2(void** handle) { return *handle = calloc(1, 64), 0; }
int cublasLtCreate(void** handle) { return *handle = calloc(1, 64), 0; }
int cublasSetStream_v2(void* handle, cudaStream_t stream) { return blasStream = stream, 0; }
int cublasLtMatmulAlgoGetHeuristic(void* h, void* o, void* a, void* b, void* c, void* d, void* p, int wanted, void* results, int* count) { return *count = 1, 0; }
int cublasLtMatmul(void* h, void* o, void* alpha, void* a, void* la, void* b, void* lb, void* beta, void* c, void* lc, void* d, void* ld, void* algo, void* space, size_t size, cudaStream_t stream) {
  return count("cublasLtMatmul", stream), 0;
}
int cufftCreate(int* plan) { return *plan = 1, 0; }
int cufftSetStream(int plan, cudaStream_t stream) { return fftStream = stream, 0; }
int cufftXtMakePlanMany(int plan, int rank, long long* n, long long* in, long long istride, long long idist, int itype, long long* out, long long ostride, long long odist, int otype, long long batch, size_t* size, int type) {
  return *size = 0, 0;
}
int cufftXtExec(int plan, void* in, void* out, int direction) { return count("cufftXtExec", fftStream), 0; }
int ncclGetVersion(int* version) { return *version = 22203, 0; }
int ncclGetUniqueId(char* id) { return memset(id, 7, 128), 0; }
int ncclCommInitRank(void** group, int count, ...) { return *group = calloc(1, 64), 0; }
int ncclCommInitRankConfig(void** group, int count, ...) { return *group = calloc(1, 64), 0; }
int ncclCommGetAsyncError(void* group, int* code) { return *code = 0, 0; }
const char* ncclGetErrorString(int code) { return "an error of the stand-in"; }
const char* ncclGetLastError(void* group) { return "none"; }
int ncclAllReduce(const void* in, void* out, size_t count_, int type, int op, void* group, cudaStream_t stream) { return count("ncclAllReduce", stream), 0; }
int ncclAllGather(const void* in, void* out, size_t count_, int type, void* group, cudaStream_t stream) { return count("ncclAllGather", stream), 0; }
int ncclBroadcast(const void* in, void* out, size_t count_, int type, int root, void* group, cudaStream_t stream) { return count("ncclBroadcast", stream), 0; }
int cuDevicePrimaryCtxGetState(int index, unsigned* flags, int* isActive) { return *flags = 0, *isActive = 1, 0; }
int cuCtxGetCurrent(void** context) { return *context = SOMEWHERE, 0; }
int cuGetErrorString(int code, const char** text) { return *text = "an error of the stand-in", 0; }
int cuGetErrorName(int code, const char** text) { return *text = "an error of the stand-in", 0; }
int nvmlDeviceGetHandleByPciBusId_v2(const char* id, void** handle) { return *handle = SOMEWHERE, 0; }
int nvmlDeviceGetComputeRunningProcesses(void* handle, unsigned* count, void* infos) { return *count = 0, 0; }
int _ZNK2at7Context16userEnabledCuDNNEv(void) { return 0; }  // at::Context::userEnabledCuDNN(): there is no cuDNN, libtorch's own kernels do its work
