; The installer for Windows: for one person, without an administrator. Built by packaging/building/windows.py, which
; defines TREE, OUTPUT, VERSION, NUMBERS, ICON, SIZE_KB, and writes associations.nsh.

Unicode true
Target amd64-unicode
!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh

!define PRODUCT "Batchdock"
!define REMEMBERED "Software\Microsoft\Windows\CurrentVersion\Uninstall\Batchdock"
!define PROGRAM_KEY "Software\Classes\Applications\batchdock.exe"
!define PICTURE_OR_VIDEO "Batchdock.File"
!define FOLDER_VERB "Software\Classes\Directory\shell\Batchdock"
!define EXIT_RUNNING 3 ; what a silent installer ends with when a running app did not close
!define EXIT_TOO_OLD 4 ; and on a Windows that Qt and Python do not run on
!define OLDEST_BUILD 17763 ; Windows 10, version 1809

Name "${PRODUCT}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Batchdock"
InstallDirRegKey HKCU "${REMEMBERED}" "InstallLocation"
RequestExecutionLevel user
ManifestDPIAware true
ManifestLongPathAware true
SetCompressor /SOLID lzma
SetCompressorDictSize 32
CRCCheck force
BrandingText "${PRODUCT} ${VERSION}"

VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "${PRODUCT}"
VIAddVersionKey "FileDescription" "${PRODUCT} installer"
VIAddVersionKey "CompanyName" "The Batchdock project"
VIAddVersionKey "LegalCopyright" "Apache-2.0"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "ProductVersion" "${VERSION}"

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
  !finalize '${SIGN} "%1"'
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\batchdock.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

LangString TooOld ${LANG_ENGLISH} "Batchdock needs Windows 10, version 1809 of 2018, or later. Nothing was installed. Update Windows, then try again."
LangString TooOld ${LANG_GERMAN} "Batchdock braucht Windows 10, Version 1809 von 2018, oder neuer. Es wurde nichts installiert. Aktualisieren Sie Windows, dann versuchen Sie es noch einmal."
LangString IsOpen ${LANG_ENGLISH} "Batchdock is open. It has to be closed to go on; it is asked to, and what it is doing goes on at its next start."
LangString IsOpen ${LANG_GERMAN} "Batchdock ist offen. Zum Fortfahren muss es geschlossen werden; es wird darum gebeten, und was es gerade tut, geht beim nächsten Start weiter."
LangString StillOpen ${LANG_ENGLISH} "Batchdock is still open. Perhaps it asks something in its window, or its command line is at work. Close it, then try again."
LangString StillOpen ${LANG_GERMAN} "Batchdock ist noch offen. Vielleicht fragt es etwas in seinem Fenster, oder seine Befehlszeile arbeitet. Schließen Sie es, dann versuchen Sie es noch einmal."
LangString NotOurs ${LANG_ENGLISH} "This folder has something else in it. Choose an empty folder, or a new one."
LangString NotOurs ${LANG_GERMAN} "In diesem Ordner ist etwas anderes. Wählen Sie einen leeren oder einen neuen Ordner."
LangString NotMoved ${LANG_ENGLISH} "The version that is there could not be set aside, so nothing was changed. A program may have its files open; try again later."
LangString NotMoved ${LANG_GERMAN} "Die vorhandene Version ließ sich nicht beiseitelegen, deshalb wurde nichts geändert. Vielleicht hat ein Programm ihre Dateien offen; versuchen Sie es später noch einmal."
LangString NotWritten ${LANG_ENGLISH} "Not all files could be written; the disk may be full. What was there before is back in its place."
LangString NotWritten ${LANG_GERMAN} "Nicht alle Dateien ließen sich schreiben; vielleicht ist die Platte voll. Was vorher da war, ist wieder an seinem Platz."
LangString Preparing ${LANG_ENGLISH} "Preparing the first start …"
LangString Preparing ${LANG_GERMAN} "Der erste Start wird vorbereitet …"
LangString OpenWith ${LANG_ENGLISH} "Open with Batchdock"
LangString OpenWith ${LANG_GERMAN} "Mit Batchdock öffnen"
LangString FileKind ${LANG_ENGLISH} "Picture or video"
LangString FileKind ${LANG_GERMAN} "Bild oder Video"

!macro CLOSING UN
; Leaves "1" in $9 while a process has the installed Python loaded: Windows writes to no library that is in use.
Function ${UN}IsRunning
  StrCpy $9 "0"
  ${If} ${FileExists} "$INSTDIR\python\${LIBRARY}"
    ClearErrors
    FileOpen $8 "$INSTDIR\python\${LIBRARY}" a
    ${If} ${Errors}
      StrCpy $9 "1"
    ${Else}
      FileClose $8
    ${EndIf}
  ${EndIf}
FunctionEnd

; Asks the windows of this installation to close, as their own button does. Others of the same title are left alone.
Function ${UN}AskToClose
  StrCpy $0 0
  ${Do}
    System::Call 'user32::FindWindowExW(p 0, p r0, p 0, w "Batchdock") p .r0'
    ${If} $0 P= 0
      ${ExitDo}
    ${EndIf}
    System::Call 'user32::GetWindowThreadProcessId(p r0, *i .r1)'
    System::Call 'kernel32::OpenProcess(i 0x1000, i 0, i r1) p .r2'
    ${If} $2 P<> 0
      System::Call 'kernel32::QueryFullProcessImageNameW(p r2, i 0, w .r3, *i ${NSIS_MAX_STRLEN}) i .r4'
      System::Call 'kernel32::CloseHandle(p r2)'
      ${If} $3 == "$INSTDIR\batchdock.exe"
        System::Call 'user32::PostMessageW(p r0, i 0x10, p 0, p 0)'
      ${EndIf}
    ${EndIf}
  ${Loop}
FunctionEnd

Function ${UN}CloseRunning
  Call ${UN}IsRunning
  ${If} $9 == "0"
    Return
  ${EndIf}
  MessageBox MB_OKCANCEL|MB_ICONINFORMATION "$(IsOpen)" /SD IDOK IDOK ask
  SetErrorLevel ${EXIT_RUNNING}
  Quit
ask:
  Call ${UN}AskToClose
  ${For} $7 1 120
    Sleep 500
    Call ${UN}IsRunning
    ${If} $9 == "0"
      Return
    ${EndIf}
  ${Next}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillOpen)" /SD IDCANCEL IDRETRY ask
  SetErrorLevel ${EXIT_RUNNING}
  Quit
FunctionEnd
!macroend
!insertmacro CLOSING ""
!insertmacro CLOSING "un."

Function .onInit
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    MessageBox MB_OK|MB_ICONSTOP "$(TooOld)" /SD IDOK
    SetErrorLevel ${EXIT_TOO_OLD}
    Quit
  ${EndIf}
FunctionEnd

; Puts the version that was there back, after an installation that did not work.
Function PutBack
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\site"
  Rename "$INSTDIR\python.before" "$INSTDIR\python"
  Rename "$INSTDIR\site.before" "$INSTDIR\site"
FunctionEnd

Section
  Call CloseRunning
  ${If} ${FileExists} "$INSTDIR\*"
  ${AndIfNot} ${FileExists} "$INSTDIR\start.py"
    ${DirState} "$INSTDIR" $0
    ${If} $0 = 1 ; there is something in it, and it is not Batchdock: nothing in there is ours to replace
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(NotOurs)" /SD IDOK
      Abort
    ${EndIf}
  ${EndIf}

  SetOutPath "$INSTDIR"
  ${If} ${FileExists} "$INSTDIR\python\*"
    RMDir /r "$INSTDIR\python.before"
    RMDir /r "$INSTDIR\site.before"
    ClearErrors
    Rename "$INSTDIR\python" "$INSTDIR\python.before"
    ${IfNot} ${Errors}
      Rename "$INSTDIR\site" "$INSTDIR\site.before"
      ${If} ${Errors}
        Rename "$INSTDIR\python.before" "$INSTDIR\python"
        SetErrors
      ${EndIf}
    ${EndIf}
    ${If} ${Errors}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(NotMoved)" /SD IDOK
      Abort
    ${EndIf}
  ${EndIf}
  ClearErrors
  SetOverwrite try
  File /r "${TREE}\*.*"
  ${If} ${Errors}
    Call PutBack
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(NotWritten)" /SD IDOK
    Abort
  ${EndIf}
  RMDir /r "$INSTDIR\python.before"
  RMDir /r "$INSTDIR\site.before"

  DetailPrint "$(Preparing)"
  nsExec::Exec '"$INSTDIR\python\python.exe" -m compileall -q "$INSTDIR\site"'
  Pop $0 ; what could not be prepared is compiled when it is first asked for

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Batchdock.lnk" "$INSTDIR\batchdock.exe"

  WriteRegStr HKCU "${REMEMBERED}" "DisplayName" "${PRODUCT}"
  WriteRegStr HKCU "${REMEMBERED}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${REMEMBERED}" "Publisher" "The Batchdock project"
  WriteRegStr HKCU "${REMEMBERED}" "DisplayIcon" "$INSTDIR\batchdock.exe"
  WriteRegStr HKCU "${REMEMBERED}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${REMEMBERED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${REMEMBERED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${REMEMBERED}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${REMEMBERED}" "NoModify" 1
  WriteRegDWORD HKCU "${REMEMBERED}" "NoRepair" 1

  WriteRegStr HKCU "${PROGRAM_KEY}" "FriendlyAppName" "${PRODUCT}"
  WriteRegStr HKCU "${PROGRAM_KEY}\shell\open\command" "" '"$INSTDIR\batchdock.exe" "%1"'
  WriteRegStr HKCU "Software\Classes\${PICTURE_OR_VIDEO}" "" "$(FileKind)"
  WriteRegStr HKCU "Software\Classes\${PICTURE_OR_VIDEO}\shell\open\command" "" '"$INSTDIR\batchdock.exe" "%1"'
  WriteRegStr HKCU "${FOLDER_VERB}" "" "$(OpenWith)"
  WriteRegStr HKCU "${FOLDER_VERB}" "Icon" "$INSTDIR\batchdock.exe"
  WriteRegStr HKCU "${FOLDER_VERB}\command" "" '"$INSTDIR\batchdock.exe" "%1"'
!macro OFFER EXTENSION
  WriteRegStr HKCU "${PROGRAM_KEY}\SupportedTypes" "${EXTENSION}" ""
  WriteRegStr HKCU "Software\Classes\${EXTENSION}\OpenWithProgids" "${PICTURE_OR_VIDEO}" ""
!macroend
!macro OFFER_NO_MORE EXTENSION
  DeleteRegValue HKCU "Software\Classes\${EXTENSION}\OpenWithProgids" "${PICTURE_OR_VIDEO}"
  DeleteRegKey /ifempty HKCU "Software\Classes\${EXTENSION}\OpenWithProgids" ; other programs may be named there
  DeleteRegKey /ifempty HKCU "Software\Classes\${EXTENSION}"
!macroend
  !define EACH OFFER
  !include "associations.nsh"
  !undef EACH
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd

; Only what the installer brought. Jobs, settings and results lie in %LOCALAPPDATA%\Batchdock, keys in the credential
; manager of Windows; they are the person's and stay.
Section "Uninstall"
  ${IfNot} ${FileExists} "$INSTDIR\start.py"
    Abort
  ${EndIf}
  Call un.CloseRunning
  RMDir /r "$INSTDIR\python"
  RMDir /r "$INSTDIR\site"
  RMDir /r "$INSTDIR\python.before" ; of an upgrade that was broken off
  RMDir /r "$INSTDIR\site.before"
  Delete "$INSTDIR\batchdock.exe"
  Delete "$INSTDIR\batchdock.com"
  Delete "$INSTDIR\start.py"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /r "$INSTDIR\__pycache__"
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Batchdock.lnk"
  !define EACH OFFER_NO_MORE
  !include "associations.nsh"
  !undef EACH
  DeleteRegKey HKCU "${PROGRAM_KEY}"
  DeleteRegKey HKCU "Software\Classes\${PICTURE_OR_VIDEO}"
  DeleteRegKey HKCU "${FOLDER_VERB}"
  DeleteRegKey HKCU "${REMEMBERED}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
SectionEnd
