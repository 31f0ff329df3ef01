#!/usr/bin/env bash
# Makes sure there is a Java for Spark: 17 or newer. Installs Debian's own where that is allowed, and says so;
# elsewhere it says what to type. Without Java everything but `--engine spark` works.
# Usage: bash requirements/java.sh
set -euo pipefail

oldest=17
version() { java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1; }

if command -v java >/dev/null && [ "$(version)" -ge "$oldest" ]; then
    exit 0
fi

install=(apt-get install --yes --no-install-recommends default-jre-headless)
if ! command -v apt-get >/dev/null; then
    echo "Spark needs Java $oldest or newer, and there is none. Install it by this system's own means."
elif [ "$(id -u)" = 0 ]; then
    echo "Spark needs Java $oldest or newer, and there is none. Installing Debian's default-jre-headless."
    "${install[@]}" >/dev/null || { apt-get update >/dev/null && "${install[@]}" >/dev/null; } ||
        echo "It could not be installed. Type:  apt-get update && ${install[*]}"
elif sudo --non-interactive true 2>/dev/null; then
    echo "Spark needs Java $oldest or newer, and there is none. Installing Debian's default-jre-headless with sudo."
    sudo "${install[@]}" >/dev/null || echo "It could not be installed. Type:  sudo ${install[*]}"
else
    echo "Spark needs Java $oldest or newer, and there is none. Type:  sudo ${install[*]}"
fi
