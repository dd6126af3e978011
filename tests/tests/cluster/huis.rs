//! Installations whose index is on the nodes of the tests. Owns their settings, and that nothing of them stays there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use zv_tests::program::Program;

/// One index on the cluster, and what its machines share.
pub struct Huis {
    /// How the index is called there.
    pub name: String,
    /// Where the texts lie that several machines write.
    texts: TempDir,
    machines: AtomicU32,
}

/// The addresses of the nodes.
pub fn nodes() -> Vec<String> {
    let addresses = std::env::var("ZOEKENVIND_CLUSTER");
    let addresses = addresses.expect("start a cluster first: tests/cluster/knooppunten start 3");
    addresses.split(',').map(str::to_owned).collect()
}

/// Does something with the nodes.
pub fn knooppunten(arguments: &[&str]) {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cluster/knooppunten");
    assert!(
        Command::new(script)
            .args(arguments)
            .status()
            .unwrap()
            .success()
    );
}

/// What a node answers.
pub fn curl(method: &str, path: &str) -> String {
    let address = format!("{}{path}", nodes()[0]);
    let mut curl = Command::new("curl");
    let output = curl.args(["-s", "-X", method, &address]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

impl Huis {
    /// With a name of its own.
    pub fn new() -> Huis {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Huis {
            name: format!("programma-{}-{number}", std::process::id()),
            texts: tempfile::tempdir().unwrap(),
            machines: AtomicU32::new(0),
        }
    }

    /// Tells the settings of a machine where its index is, with so many copies of each part.
    pub fn set(&self, program: &Program, motor: &str, copies: u32, nodes: &[String]) {
        let settings = format!(
            "[index]\nmotor = \"{motor}\"\n\n[index.cluster]\nadressen = {nodes:?}\nnaam = \"{}\"\nscherven = 2\n\
             kopieen = {copies}\n",
            self.name
        );
        fs::create_dir_all(program.state()).unwrap();
        fs::write(program.state().join("zoekenvind.toml"), settings).unwrap();
    }

    /// A machine whose index is on the cluster, and whose texts are those of all its machines. The first one has the
    /// people and cases.
    pub fn machine(&self, copies: u32, nodes: &[String]) -> Program {
        let program = Program::new();
        self.set(&program, "opensearch", copies, nodes);
        let file = program.state().join("zoekenvind.toml");
        let settings = fs::read_to_string(&file).unwrap();
        let mut texts = format!("[index]\nteksten = {:?}\n", self.texts.path());
        if self.machines.fetch_add(1, Ordering::Relaxed) > 0 {
            texts.push_str("zaken_elders = true\n");
        }
        fs::write(file, settings.replacen("[index]\n", &texts, 1)).unwrap();
        program
    }
}

impl Drop for Huis {
    fn drop(&mut self) {
        curl("DELETE", &format!("/{}-*", self.name));
    }
}
