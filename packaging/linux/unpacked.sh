#!/bin/sh
# Runs where the .run file unpacked itself: the program into a folder of the person's own, its entry into the menu.
# --noexec --target FOLDER unpacks without it. Nothing outside the folder is needed to start the program.
set -eu
here=$(pwd)
target=${1:-${BATCHDOCK_TARGET:-$HOME/.local/opt/batchdock}}
data=${XDG_DATA_HOME:-$HOME/.local/share}
case $target in
    /*) ;;
    *) target=${USER_PWD:-$here}/$target ;;
esac
if [ -e "$target" ] && [ ! -x "$target/batchdock" ]; then
    echo "$target is there already and is not Batchdock. Name another folder, or move it away." >&2
    exit 1
fi
mkdir -p "$(dirname "$target")"
new=$target.new.$$
trap 'rm -rf "$new"' EXIT
# The old program stays whole until the new one is: a full disk leaves what was there.
cp -R "$here/Batchdock" "$new" || { echo "There is not enough room for $target. Nothing was changed." >&2; exit 1; }
if [ -e "$target" ]; then
    mv "$target" "$target.old.$$"
fi
mv "$new" "$target"
rm -rf "$target.old.$$"
mkdir -p "$data/applications" "$data/icons/hicolor/scalable/apps"
cp "$here/batchdock.svg" "$data/icons/hicolor/scalable/apps/batchdock.svg"
# A quoted Exec escapes \ " $ ` with a backslash, the desktop file doubles those, and a percent sign doubles too.
quoted=$(printf %s "$target/batchdock" | sed -e 's/[\\"$`]/\\\\&/g' -e 's/%/%%/g')
awk -v program="$(printf %s "$quoted" | sed 's/\\/\\\\/g')" '
    /^Exec=batchdock/ { sub(/^Exec=batchdock/, ""); print "Exec=\"" program "\"" $0; next } { print }
' "$here/batchdock.desktop" > "$data/applications/batchdock.desktop"
echo "Batchdock is in $target and in the menu. To remove it, delete that folder and $data/applications/batchdock.desktop."
