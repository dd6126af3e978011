//! A disk of its own for a test: small, quick, and able to be full, or to be read only all of a sudden. Needs root, as
//! mounting does. Never touches another disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Why a disk cannot be mounted here, if it cannot.
pub fn not_possible() -> Option<&'static str> {
    let possible = rustix::process::getuid().is_root() && Path::new("/dev/loop-control").exists();
    (!possible).then_some("needs root and /dev/loop-control, to mount a disk")
}

/// An ext4 disk in memory, mounted as long as this lives.
#[derive(Debug)]
pub struct Disk {
    memory: TempDir,
    point: TempDir,
}

impl Disk {
    /// One of so many megabytes.
    pub fn new(megabytes: u64) -> Disk {
        let disk = Disk {
            memory: tempfile::tempdir().unwrap(),
            point: tempfile::tempdir().unwrap(),
        };
        run(Command::new("mount")
            .args(["-t", "tmpfs", "tmpfs"])
            .arg(disk.memory.path()));
        let image = File::create(disk.image()).unwrap();
        image.set_len(megabytes << 20).unwrap();
        run(Command::new("mkfs.ext4")
            .args(["-q", "-m", "0"])
            .arg(disk.image()));
        disk.mount();
        disk
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.point.path()
    }

    fn image(&self) -> PathBuf {
        self.memory.path().join("schijf")
    }

    fn mount(&self) {
        let mut mount = Command::new("mount");
        mount
            .args(["-o", "loop,errors=remount-ro"])
            .arg(self.image());
        run(mount.arg(self.path()));
    }

    /// Takes all the room that is left.
    pub fn fill(&self) -> Ballast {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        let mut block = vec![7_u8; 1 << 20];
        while !block.is_empty() {
            match file.write(&block) {
                Ok(written) if written > 0 => {}
                _ => block.truncate(block.len() / 2),
            }
        }
        file.sync_all().unwrap();
        Ballast(path)
    }

    /// Makes it read only at once, whatever is open, as the kernel does with a disk that it cannot trust.
    pub fn lock(&self) {
        let mounts = fs::read_to_string("/proc/mounts").unwrap();
        let point = self.path().display().to_string();
        let line = mounts
            .lines()
            .find(|line| line.split(' ').nth(1) == Some(&point));
        let device = line.unwrap().split(' ').next().unwrap();
        let device = device.trim_start_matches("/dev/");
        fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "proef").unwrap();
        let refused = File::create(self.path().join("slot-proef"));
        assert!(refused.is_err(), "it can still be written");
    }

    /// Repairs it as a beheerder would, and mounts it again. Nothing may have it open.
    pub fn repair(&self) {
        run(Command::new("umount").arg(self.path()));
        // Its exit code tells that it repaired something.
        Command::new("e2fsck")
            .arg("-fy")
            .arg(self.image())
            .output()
            .unwrap();
        self.mount();
    }
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {done:?}");
}

impl Drop for Disk {
    fn drop(&mut self) {
        for point in [self.point.path(), self.memory.path()] {
            let _ = Command::new("umount").arg("-l").arg(point).status();
        }
    }
}

/// What takes the room of a full disk.
#[derive(Debug)]
pub struct Ballast(PathBuf);

impl Ballast {
    /// Gives back so many kilobytes.
    pub fn give_back(&self, kilobytes: u64) {
        let file = File::options().write(true).open(&self.0).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(kilobytes << 10))
            .unwrap();
        // Only then the room is free for others.
        file.sync_all().unwrap();
    }

    /// Gives back all of it.
    pub fn clear(self) {
        fs::remove_file(self.0).unwrap();
    }
}
