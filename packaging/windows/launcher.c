/* Starts Batchdock in this process with the Python beside it, so that Windows knows it as Batchdock and not as Python.
 *
 * Built twice: batchdock.exe without a console, batchdock.com for the command line. PROGRAM is the interpreter that
 * further processes are started with (the service of this computer, its workers).
 */
#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#define LONGEST 32768
#define GIVEN_FIRST 6

typedef int (*python_main)(int, wchar_t **);

static wchar_t folder[LONGEST];
static wchar_t path[LONGEST];

static int fail(const wchar_t *what)
{
    static wchar_t text[LONGEST];
    _snwprintf(text, LONGEST - 1,
               L"Batchdock could not start: %ls\n(Windows error %lu)\n\n"
               L"Install it again over this one. Your jobs, settings and keys stay as they are.",
               what, GetLastError());
#ifdef CONSOLE
    fwprintf(stderr, L"%ls\n", text);
#else
    MessageBoxW(NULL, text, L"Batchdock", MB_OK | MB_ICONERROR);
#endif
    return 1;
}

static wchar_t *below(const wchar_t *rest)
{
    _snwprintf(path, LONGEST - 1, L"%ls\\%ls", folder, rest);
    return path;
}

int main(void)
{
    int given, each;
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &given);
    if (length == 0 || length >= LONGEST || arguments == NULL)
        return fail(L"its own place is not known");
    *wcsrchr(folder, L'\\') = 0;

    /* Nothing is loaded from the current folder; what modules need of Microsoft's runtime is beside Python. */
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    AddDllDirectory(below(L"python"));
    HMODULE library = LoadLibraryExW(below(L"python\\" LIBRARY), NULL,
                                     LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    if (library == NULL)
        return fail(path);
    python_main run = (python_main)(void *)GetProcAddress(library, "Py_Main");
    if (run == NULL)
        return fail(path);

    wchar_t **all = calloc((size_t)(given + GIVEN_FIRST + 1), sizeof *all);
    if (all == NULL)
        return fail(L"there is no memory left");
    all[0] = arguments[0];
    all[1] = L"-X";
    all[2] = L"utf8";
    all[3] = L"-X";
    all[4] = L"program=" PROGRAM;
    all[5] = _wcsdup(below(L"start.py"));
    for (each = 1; each < given; each++)
        all[GIVEN_FIRST - 1 + each] = arguments[each];
    return run(given + GIVEN_FIRST - 1, all);
}
