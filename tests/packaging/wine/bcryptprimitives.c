/* Random bytes as Windows 10 gives them, which wine 8 does not have under this name. Only for the test. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *bytes, ULONG count);

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *bytes, size_t count) { return SystemFunction036(bytes, (ULONG)count); }
