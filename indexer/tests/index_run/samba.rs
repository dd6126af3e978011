//! A Samba server on loopback with one share, rights set by its own tools, and the share mounted through FUSE. Everything
//! of it lies in a folder of its own and ends with it.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const ANNA: &str = "S-1-5-21-1-2-3-1001";
pub const BERT: &str = "S-1-5-21-1-2-3-1002";
pub const GROUP: &str = "S-1-5-21-1-2-3-1100";
pub const ALL: &str = "S-1-1-0";

const PASSWORD: &str = "proef-wachtwoord";

pub struct Samba {
    folder: tempfile::TempDir,
    server: Child,
}

impl Samba {
    /// Serves `share` as `archief`.
    pub fn start(share: &Path) -> Samba {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path();
        for name in [
            "private",
            "lock",
            "state",
            "cache",
            "pid",
            "ncalrpc",
            "log",
            "mnt",
            "home/.smb",
        ] {
            fs::create_dir_all(state.join(name)).unwrap();
        }
        let here = state.display();
        let settings = format!(
            "[global]\nworkgroup = PROEF\nserver role = standalone server\ninterfaces = 127.0.0.1/8\n\
             bind interfaces only = yes\nsmb ports = 445\nprivate dir = {here}/private\n\
             lock directory = {here}/lock\nstate directory = {here}/state\ncache directory = {here}/cache\n\
             pid directory = {here}/pid\nncalrpc dir = {here}/ncalrpc\nlog file = {here}/log/smbd\n\
             passdb backend = tdbsam:{here}/private/passdb.tdb\nmap to guest = never\nload printers = no\n\
             disable spoolss = yes\n\n[archief]\npath = {}\nread only = no\nvfs objects = acl_xattr\n\
             acl_xattr:ignore system acls = yes\n",
            share.display()
        );
        fs::write(state.join("smb.conf"), settings).unwrap();
        let mut account = Command::new("smbpasswd")
            .arg("-c")
            .arg(state.join("smb.conf"))
            .args(["-s", "-a", "root"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = account.stdin.take().unwrap();
        write!(input, "{PASSWORD}\n{PASSWORD}\n").unwrap();
        drop(input);
        assert!(account.wait().unwrap().success());
        // One that another test left behind would take every question about rights to another share.
        let taken = TcpStream::connect(("127.0.0.1", 445)).is_ok();
        assert!(!taken, "port 445 is taken: end the smbd that still runs");
        // It ends with this program, however that ends.
        let server = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "smbd", "-s"])
            .arg(state.join("smb.conf"))
            // In a group of processes of its own: it ends all of its group.
            .arg("-F")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let samba = Samba { folder, server };
        samba.wait();
        samba
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .arg("-s")
            .arg(self.folder.path().join("smb.conf"))
            .arg("-U")
            .arg(format!("root%{PASSWORD}"));
        command
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            let mut list = self.tool("smbclient");
            let list = list.args(["//127.0.0.1/archief", "-c", "ls"]).output();
            if list.unwrap().status.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("smbd does not answer");
    }

    /// Gives a file or folder of the share exactly these entries; empty is the share itself.
    pub fn set(&self, name: &str, entries: &[String]) {
        let name = if name.is_empty() { "/" } else { name };
        let list = format!(
            "REVISION:1,OWNER:S-1-5-18,GROUP:S-1-5-18,{}",
            entries.join(",")
        );
        let mut command = self.tool("smbcacls");
        command.args(["//127.0.0.1/archief", name, "--numeric", "-S", &list]);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{name} {list}: {done:?}");
    }

    /// The share through FUSE.
    pub fn mount(&self) -> Mounted {
        let home = self.folder.path().join("home");
        let settings = home.join(".smb");
        fs::copy(
            self.folder.path().join("smb.conf"),
            settings.join("smb.conf"),
        )
        .unwrap();
        let login = format!("auth \"127.0.0.1\" \"root\" \"{PASSWORD}\"\n");
        fs::write(settings.join("smbnetfs.conf"), login).unwrap();
        // It refuses what others can read.
        for (path, mode) in [(&settings, 0o700), (&settings.join("smbnetfs.conf"), 0o600)] {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let point = self.folder.path().join("mnt");
        let done = Command::new("smbnetfs")
            .env("HOME", &home)
            .arg(&point)
            .status();
        assert!(done.unwrap().success());
        let share = point.join("127.0.0.1/archief");
        let until = Instant::now() + Duration::from_secs(30);
        while fs::read_dir(&share).is_err() {
            assert!(Instant::now() < until, "the share is not mounted");
            std::thread::sleep(Duration::from_millis(100));
        }
        Mounted { share, point }
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        if let Some(pid) = rustix::process::Pid::from_raw(self.server.id() as i32) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.server.wait();
    }
}

/// A mounted share.
pub struct Mounted {
    /// Where its files are.
    pub share: PathBuf,
    point: PathBuf,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.point).status();
    }
}

/// Why the share cannot be tried here, if it cannot.
pub fn no_samba() -> Option<&'static str> {
    let there = |program: &&str| Path::new(program).exists();
    let programs = [
        "/usr/sbin/smbd",
        "/usr/bin/smbcacls",
        "/usr/bin/smbnetfs",
        "/dev/fuse",
    ];
    match programs.iter().all(there) && rustix::process::getuid().is_root() {
        true => None,
        false => Some("needs root, /dev/fuse, and the packages samba, smbclient and smbnetfs"),
    }
}
