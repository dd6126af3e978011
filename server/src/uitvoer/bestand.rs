//! The file of an export: written whole before a byte of it is sent, so that what is sent is what was recorded. It has no
//! name in the state folder: whatever ends the program, nothing of it stays behind.

use super::tabel;
use crate::audit::hex;
use crate::problem::Problem;
use crate::schijf::Kwaal;
use crate::zaken::Zaak;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use zv_shared::date::amsterdam;

/// Bytes read at a time.
const BLOCK: usize = 128 * 1024;

/// Where exports are made before they are sent.
pub fn work_folder(state: &Path) -> PathBuf {
    state.join("uitvoer")
}

/// A new file that has no name any more: a program that is killed leaves nothing behind.
pub fn unnamed(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    for number in 0u32.. {
        let path = crate::deel::part(&folder.join(number.to_string()));
        match File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
        {
            Ok(file) => {
                fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("geen vrije naam"))
}

/// A finished export.
#[derive(Debug)]
pub struct Bestand {
    /// The bytes, positioned at their start.
    pub file: File,
    /// Number of bytes.
    pub bytes: u64,
    /// SHA-256 over them, hexadecimal.
    pub sha256: String,
}

impl Bestand {
    /// Reads a file that was written back from its start, for its hash.
    pub fn af(mut file: File) -> io::Result<Self> {
        let (sha256, bytes) = hash(&mut file)?;
        Ok(Bestand {
            file,
            bytes,
            sha256,
        })
    }
}

/// SHA-256 and size of a file, which then stands at its beginning again.
pub fn hash(file: &mut File) -> io::Result<(String, u64)> {
    file.rewind()?;
    let mut nothing = Hashed::new(io::sink());
    let size = copy(file, &mut nothing)?;
    file.rewind()?;
    Ok((nothing.hash(), size))
}

/// Copies all that is to be read; gives the number of bytes.
pub fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<u64> {
    let (mut block, mut bytes) = (vec![0; BLOCK], 0);
    loop {
        match from.read(&mut block)? {
            0 => return Ok(bytes),
            read => {
                to.write_all(&block[..read])?;
                bytes += read as u64;
            }
        }
    }
}

/// What passes through to another writer, hashed on its way.
pub struct Hashed<W> {
    inner: W,
    hasher: Sha256,
}

impl<W> Hashed<W> {
    /// On the way to `inner`.
    pub fn new(inner: W) -> Self {
        Hashed {
            inner,
            hasher: Sha256::new(),
        }
    }

    /// SHA-256 over all that passed, hexadecimal.
    pub fn hash(self) -> String {
        hex(&self.hasher.finalize())
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..done]);
        Ok(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The name of an export: what it is, the case, when.
pub fn naam(wat: &str, zaak: &Zaak, extensie: &str) -> String {
    let now = Timestamp::now().to_zoned(amsterdam());
    format!(
        "{wat}-{}-{}.{extensie}",
        kenmerk(zaak),
        now.strftime("%Y-%m-%d-%H%M")
    )
}

/// The number of a case as names and IDs may have it: letters, digits, `.`, `-`, `_` and `~`.
pub fn kenmerk(zaak: &Zaak) -> String {
    let known = |c: char| match c.is_ascii_alphanumeric() || "-._~".contains(c) {
        true => c,
        false => '-',
    };
    zaak.intake.nummer.trim().chars().map(known).collect()
}

impl From<tabel::Fout> for Problem {
    fn from(error: tabel::Fout) -> Self {
        match &error {
            tabel::Fout::TeGroot => Problem::refused(error.to_string()),
            tabel::Fout::Schrijven(cause) => disk(cause),
            _ => Problem::fault(error),
        }
    }
}

/// Why an export could not be written.
pub fn disk(error: &io::Error) -> Problem {
    let Some(trouble) = Kwaal::of(error) else {
        return Problem::fault(error.to_string());
    };
    tracing::error!(cause = %error, "an export could not be written");
    let sentence = match trouble {
        Kwaal::Vol => "De schijf is vol: er is geen bestand gemaakt.",
        Kwaal::Dicht => "De schijf is niet te beschrijven: er is geen bestand gemaakt.",
    };
    Problem::new(trouble.kind(), sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zaken::{Intake, Soort};
    use jiff::civil::Date;

    #[test]
    fn a_file_is_named_after_what_it_is_its_case_and_the_time() {
        let mut zaak = Zaak {
            id: String::new(),
            intake: Intake {
                nummer: "KADE-2024".into(),
                soort: Soort::WooVerzoek,
                titel: String::new(),
                verzoek: String::new(),
                verzoeker: String::new(),
                ontvangen: Date::default(),
            },
            besluit_op: None,
            gemaakt: Timestamp::UNIX_EPOCH,
            door: String::new(),
            gesloten: None,
        };
        let name = naam("inventarislijst", &zaak, "csv");
        let time = name
            .strip_prefix("inventarislijst-KADE-2024-")
            .expect("named");
        assert!(
            time.starts_with("20") && time.len() == "2026-11-22-1404.csv".len(),
            "{name}"
        );
        for (nummer, shown) in [("2024/12 \"b\"", "2024-12--b-"), ("../../x", "..-..-x")] {
            zaak.intake.nummer = nummer.into();
            assert_eq!(kenmerk(&zaak), shown);
        }
    }

    #[test]
    fn a_file_in_the_making_has_no_name_and_is_read_back_for_its_hash() {
        let folder = tempfile::tempdir().expect("folder");
        let mut file = unnamed(&work_folder(folder.path())).expect("file");
        file.write_all(b"abc").expect("written");
        assert_eq!(
            fs::read_dir(work_folder(folder.path()))
                .expect("folder")
                .count(),
            0
        );
        let mut done = Bestand::af(file).expect("done");
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((done.sha256.as_str(), done.bytes), (known, 3));
        let mut text = String::new();
        done.file.read_to_string(&mut text).expect("read");
        assert_eq!(text, "abc");
    }
}
