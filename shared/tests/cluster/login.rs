//! Who reaches a cluster: over TLS, with a name and password and with a certificate, through a real nginx in front of a node.
//! Who has not all of it is refused with a word that says so, and never goes on without.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use zv_shared::index::IndexError;
use zv_shared::index::cluster::{Login, Nodes};

/// A web server that is stopped again.
struct Front {
    nginx: Child,
    folder: tempfile::TempDir,
    address: String,
}

fn openssl(folder: &Path, command: &str) {
    let arguments = command.split_whitespace();
    let mut openssl = Command::new("openssl");
    let openssl = openssl.args(arguments).current_dir(folder);
    let output = openssl
        .output()
        .expect("the Debian package openssl is needed");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {told}");
}

/// Certificates of one authority for the server and for who asks, and one of somebody else.
fn certificates(folder: &Path) {
    for (name, of) in [("ca", "Uitgever"), ("vreemd", "Vreemde")] {
        openssl(
            folder,
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={of} -keyout {name}.key -out {name}.pem"
            ),
        );
    }
    fs::write(folder.join("namen"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    for name in ["server", "vrager"] {
        openssl(
            folder,
            &format!(
                "req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"
            ),
        );
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile namen -out {name}.pem"
            ),
        );
    }
}

impl Front {
    fn start() -> Front {
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let mut openssl = Command::new("openssl");
        let hash = openssl.args(["passwd", "-apr1", "geheim:woord"]).output();
        let hash = hash.unwrap().stdout;
        let users = [b"zoek:", &hash[..]].concat();
        fs::write(folder.path().join("gebruikers"), users).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let node = std::env::var("ZOEKENVIND_CLUSTER").unwrap();
        let node = node.split(',').next().unwrap();
        let at = folder.path().display();
        let settings = format!(
            "daemon off; pid {at}/pid; error_log {at}/fouten; user root;\nevents {{}}\nhttp {{\n\
             access_log off; client_max_body_size 0; client_body_temp_path {at}/in; proxy_temp_path {at}/uit;\n\
             fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {at}/server.pem; ssl_certificate_key {at}/server.key;\n\
             ssl_client_certificate {at}/ca.pem; ssl_verify_client on; auth_basic besloten; auth_basic_user_file {at}/gebruikers;\n\
             location / {{ proxy_pass {node}; }} }} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, settings).unwrap();
        let mut nginx = Command::new("nginx");
        let nginx = nginx.arg("-c").arg(file).arg("-p").arg(folder.path());
        let nginx = nginx.stderr(Stdio::null()).spawn();
        let mut front = Front {
            nginx: nginx.expect("the Debian package nginx-light is needed"),
            address: format!("https://127.0.0.1:{port}"),
            folder,
        };
        let since = Instant::now();
        while front.nodes(&front.login()).get("/").is_err() {
            let gone = front.nginx.try_wait().unwrap();
            let told = fs::read_to_string(front.file("fouten")).unwrap_or_default();
            assert!(
                gone.is_none() && since.elapsed() < Duration::from_secs(30),
                "{told}"
            );
        }
        front
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All that is needed.
    fn login(&self) -> Login {
        let password = self.file("wachtwoord");
        fs::write(&password, "geheim:woord\n").unwrap();
        Login {
            user: Some(("zoek".to_owned(), password)),
            authorities: Some(self.file("ca.pem")),
            certificate: Some((self.file("vrager.pem"), self.file("vrager.key"))),
        }
    }

    fn nodes(&self, login: &Login) -> Nodes {
        let nodes = Nodes::new(std::slice::from_ref(&self.address), login);
        nodes.unwrap().hasty()
    }

    /// The name of the cluster, or why it is not told.
    fn asked(&self, login: &Login) -> Result<String, String> {
        let answer = self.nodes(login).get("/").and_then(|answer| answer.ok());
        let answer = answer.map_err(|error| error.to_string())?;
        Ok(answer["cluster_name"]
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

#[test]
fn a_cluster_answers_who_is_known_and_is_only_asked_when_it_is_known_itself() {
    let front = Front::start();
    let login = front.login();
    assert!(front.asked(&login).unwrap().starts_with("zoekenvind"));

    let wrong = front.file("ander-wachtwoord");
    fs::write(&wrong, "geheim").unwrap();
    let other = Login {
        user: Some(("zoek".to_owned(), wrong)),
        ..login.clone()
    };
    let why = front.asked(&other).unwrap_err();
    assert!(
        why.contains("gebruiker, wachtwoord of certificaat klopt niet"),
        "{why}"
    );
    let nameless = Login {
        user: None,
        ..login.clone()
    };
    assert!(front.asked(&nameless).is_err());
    let without = Login {
        certificate: None,
        ..login.clone()
    };
    assert!(front.asked(&without).is_err());
    let stranger = Login {
        certificate: Some((front.file("vreemd.pem"), front.file("vreemd.key"))),
        ..login.clone()
    };
    assert!(front.asked(&stranger).is_err());

    // Somebody else who says to be the cluster hears no password.
    for authorities in [Some(front.file("vreemd.pem")), None] {
        let trusting = Login {
            authorities,
            ..login.clone()
        };
        let why = front.asked(&trusting).unwrap_err();
        assert!(
            why.contains("geen knooppunt van het cluster antwoordt"),
            "{why}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let made = |login: &Login| Nodes::new(&["https://knoop:9200".to_owned()], login);
    let login = Login {
        authorities: Some(file.clone()),
        ..Login::default()
    };
    let named = file.display().to_string();
    assert!(matches!(made(&login), Err(IndexError::Io(path, _)) if path == named));
    fs::write(&file, "geen certificaat").unwrap();
    assert!(matches!(made(&login), Err(IndexError::Engine(why)) if why.contains(&named)));
}
