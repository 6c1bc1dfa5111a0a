/* What Qt asks of Windows' own ICU, which wine 8 does not have: there, and never of use. Only for the test. */
#define NOTHING(name) __declspec(dllexport) void *name(void) { return 0; }
NOTHING(ucnv_close) NOTHING(UCNV_FROM_U_CALLBACK_SUBSTITUTE) NOTHING(UCNV_TO_U_CALLBACK_SUBSTITUTE)
NOTHING(ucnv_cbFromUWriteUChars) NOTHING(ucnv_cbToUWriteUChars) NOTHING(ucnv_countAvailable)
NOTHING(ucnv_fromUCountPending) NOTHING(ucnv_fromUnicode) NOTHING(ucnv_getAvailableName)
NOTHING(ucnv_getFromUCallBack) NOTHING(ucnv_getMaxCharSize) NOTHING(ucnv_getName) NOTHING(ucnv_getStandardName)
NOTHING(ucnv_getToUCallBack) NOTHING(ucnv_reset) NOTHING(ucnv_setFromUCallBack) NOTHING(ucnv_setToUCallBack)
NOTHING(ucnv_toUCountPending) NOTHING(ucnv_toUnicode)

__declspec(dllexport) void *ucnv_open(const char *name, int *error)
{
    (void)name;
    if (error)
        *error = 2; /* U_FILE_ACCESS_ERROR */
    return 0;
}
