//! Files on their way: they carry the number of the process that writes them, and get their own name when they are
//! whole. What a program that was killed left of them is cleared away at the next start. Never touches a finished file,
//! nor one that a running program still writes.

use rustix::process::{Pid, test_kill_process};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const ENDING: &str = ".deel";

/// The name of `place` while this process writes it.
pub fn part(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}{ENDING}", std::process::id()));
    place.with_file_name(name)
}

/// Removes what programs that are gone left in a folder and the folders in it; gives their number. Only before this
/// program writes anything itself: in a container each program has the number of the one before.
pub fn clear(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            removed += clear(&entry.path())?;
        } else if is_left(&entry.file_name()) {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether this is the name of a file whose writer is gone.
fn is_left(name: &OsStr) -> bool {
    let Some(rest) = name.to_str().and_then(|name| name.strip_suffix(ENDING)) else {
        return false;
    };
    let number = rest
        .rsplit('.')
        .next()
        .and_then(|number| number.parse().ok());
    let own = number == i32::try_from(std::process::id()).ok();
    let writer = number.and_then(Pid::from_raw);
    // Refused means that it is there, and somebody else's.
    let runs = |pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH));
    own || !writer.is_some_and(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_any_more_is_cleared_away() {
        let folder = tempfile::tempdir().expect("folder");
        let mut child = std::process::Command::new("true")
            .spawn()
            .expect("a process");
        let gone = child.id();
        child.wait().expect("ended");
        let parent = std::os::unix::process::parent_id();
        let names = [
            format!("a.{gone}.deel"),
            format!("a.{parent}.deel"),
            "a.deel".to_owned(),
            "000001".to_owned(),
        ];
        for name in &names {
            fs::create_dir_all(folder.path().join("zaak")).expect("folder");
            fs::write(folder.path().join("zaak").join(name), "x").expect("written");
        }
        let own = part(&folder.path().join("b"));
        fs::write(&own, "x").expect("written");
        assert_eq!(clear(folder.path()).expect("cleared"), 3);
        let there = |name: &String| folder.path().join("zaak").join(name).exists();
        assert_eq!(names.each_ref().map(there), [false, true, false, true]);
        assert!(!own.exists());
        assert_eq!(clear(&folder.path().join("nergens")).expect("nothing"), 0);
    }
}
