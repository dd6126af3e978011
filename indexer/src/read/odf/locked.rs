//! Encrypted OpenDocument files (ODF 1.0 to 1.3: Blowfish or AES-256, part by part): with the right password from the
//! list, the document without encryption is a child. Never tries a password that is not on the list.

use std::io::{self, Cursor, Read, Write};

use aes::Aes256;
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blowfish::Blowfish;
use flate2::read::DeflateDecoder;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::archive::{Bounded, Budget, read_reason};
use super::super::package::Package;
use super::super::tokens::{Step, Tag, Token};
use super::super::{Limits, Outcome, Output, Passwords, Reason, locked_office};

/// Honest documents have 100,000 rounds at most; more would take all the time there is.
const MOST_ROUNDS: u32 = 1_000_000;
/// A part that is held in memory several times.
const MOST_OF_PART: u64 = 128 << 20;

/// How one part is encrypted.
#[derive(Clone, Debug, Default)]
struct Lock {
    name: String,
    checksum_type: String,
    checksum: Vec<u8>,
    cipher: String,
    vector: Vec<u8>,
    start: String,
    salt: Vec<u8>,
    rounds: u32,
}

/// Reads an encrypted document of `size` bytes.
pub(super) fn read(
    package: &mut Package<'_>,
    (name, size): (&str, u64),
    passwords: &Passwords,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let locks = locks(package);
    let content = locks.iter().find(|lock| lock.name == "content.xml");
    let Some(content) = content.filter(|lock| lock.is_known()) else {
        let reason = "versleuteld op een manier die wij niet kunnen openen";
        return Outcome::Unreadable(match passwords.is_empty() {
            true => Reason::Encrypted,
            false => Reason::Other(reason.into()),
        });
    };
    let packed = match part(package, &content.name) {
        Ok(packed) => packed,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let Some(password) = passwords.iter().find(|one| content.opens(&packed, one)) else {
        return Outcome::Unreadable(Reason::Encrypted);
    };
    match opened(package, &locks, password, &mut Budget::new(size, limits)) {
        Ok(opened) => locked_office::give(name, &opened, output),
        Err(reason) => Outcome::Unreadable(reason),
    }
}

/// How the parts are encrypted, according to the manifest; a damaged one tells what it can.
fn locks(package: &mut Package<'_>) -> Vec<Lock> {
    let mut locks: Vec<Lock> = Vec::new();
    let mut name = String::new();
    let _ = package.xml("META-INF/manifest.xml").and_then(|xml| {
        xml.each(|token| {
            match token {
                Token::Start(tag) if tag.local() == "file-entry" => {
                    name = tag.attr("full-path").unwrap_or_default();
                }
                Token::Start(tag) if tag.local() == "encryption-data" => {
                    let mut lock = Lock::default();
                    lock.name.clone_from(&name);
                    lock.take(tag);
                    locks.push(lock);
                }
                Token::Start(tag) => {
                    if let Some(lock) = locks.last_mut() {
                        lock.take(tag);
                    }
                }
                _ => {}
            }
            Ok(Step::Into)
        })
    });
    locks
}

impl Lock {
    /// Takes what an element of the manifest says.
    fn take(&mut self, tag: &Tag<'_>) {
        let text = |name: &str| tag.attr(name).unwrap_or_default();
        let bytes = |name: &str| STANDARD.decode(text(name)).unwrap_or_default();
        match tag.local() {
            "encryption-data" => {
                self.checksum_type = text("checksum-type");
                self.checksum = bytes("checksum");
            }
            "algorithm" => {
                self.cipher = text("algorithm-name");
                self.vector = bytes("initialisation-vector");
            }
            "start-key-generation" => self.start = text("start-key-generation-name"),
            "key-derivation" if text("key-derivation-name").ends_with("PBKDF2") => {
                self.salt = bytes("salt");
                self.rounds = text("iteration-count").parse().unwrap_or(0);
            }
            _ => {}
        }
    }

    fn is_aes(&self) -> bool {
        self.cipher.ends_with("#aes256-cbc") && self.vector.len() == 16
    }

    fn is_known(&self) -> bool {
        let blowfish = self.cipher.ends_with("Blowfish CFB") && self.vector.len() == 8;
        (self.is_aes() || blowfish) && (1..=MOST_ROUNDS).contains(&self.rounds)
    }

    fn key(&self, password: &str) -> Vec<u8> {
        let start = match self.start.ends_with("sha256") {
            true => Sha256::digest(password).to_vec(),
            false => Sha1::digest(password).to_vec(),
        };
        let mut key = vec![0; if self.is_aes() { 32 } else { 16 }];
        pbkdf2::pbkdf2_hmac::<Sha1>(&start, &self.salt, self.rounds, &mut key);
        key
    }

    /// What a part was before it was encrypted: packed.
    fn decrypted(&self, key: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        match self.is_aes() {
            true => aes(key, &self.vector, bytes),
            false => blowfish(key, &self.vector, bytes),
        }
    }

    /// Whether the password is right: the sum of the first bytes tells.
    fn opens(&self, bytes: &[u8], password: &str) -> bool {
        const SUMMED: usize = 1024;
        let key = self.key(password);
        let head = match bytes.len() > SUMMED {
            true => &bytes[..SUMMED],
            false => bytes,
        };
        let Some(mut head) = self.decrypted(&key, head) else {
            return false;
        };
        if self.is_aes() && bytes.len() <= SUMMED {
            let padding = head.last().map_or(0, |last| usize::from(*last));
            head.truncate(head.len().saturating_sub(padding));
        }
        match self.checksum_type.to_lowercase().contains("sha256") {
            true => Sha256::digest(&head).as_slice() == self.checksum,
            false => Sha1::digest(&head).as_slice() == self.checksum,
        }
    }
}

/// AES-256 in blocks that depend on the one before (CBC). What stands behind the last whole block is left out.
fn aes(key: &[u8], vector: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let cipher = Aes256::new_from_slice(key).ok()?;
    let mut before: [u8; 16] = vector.try_into().ok()?;
    let mut out = Vec::with_capacity(bytes.len());
    for block in bytes.as_chunks::<16>().0 {
        let mut plain = Array::from(*block);
        cipher.decrypt_block(&mut plain);
        out.extend(plain.iter().zip(before).map(|(one, other)| one ^ other));
        before = *block;
    }
    Some(out)
}

/// Blowfish as a stream that depends on the block before (CFB).
fn blowfish(key: &[u8], vector: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let cipher: Blowfish = Blowfish::new_from_slice(key).ok()?;
    let mut before: [u8; 8] = vector.try_into().ok()?;
    let mut out = Vec::with_capacity(bytes.len());
    for block in bytes.chunks(8) {
        let mut stream = Array::from(before);
        cipher.encrypt_block(&mut stream);
        out.extend(
            block
                .iter()
                .zip(stream.iter())
                .map(|(one, other)| one ^ other),
        );
        before[..block.len()].copy_from_slice(block);
    }
    Some(out)
}

/// A part as it lies in the file.
fn part(package: &mut Package<'_>, name: &str) -> Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    let mut part = package.part(name)?.take(MOST_OF_PART + 1);
    part.read_to_end(&mut bytes)
        .map_err(|error| read_reason(&error))?;
    match bytes.len() as u64 > MOST_OF_PART {
        true => Err(Reason::Limit(format!(
            "een versleuteld onderdeel wordt tot {} MB geopend",
            MOST_OF_PART >> 20
        ))),
        false => Ok(bytes),
    }
}

/// The document without encryption: the parts that hold text.
fn opened(
    package: &mut Package<'_>,
    locks: &[Lock],
    password: &str,
    budget: &mut Budget,
) -> Result<Vec<u8>, Reason> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |error: &dyn std::fmt::Display| Reason::Other(format!("openen mislukt: {error}"));
    for name in package.names() {
        let wanted = name == "mimetype"
            || ["content.xml", "styles.xml", "meta.xml"]
                .iter()
                .any(|part| {
                    name.strip_suffix(part)
                        .is_some_and(|it| it.is_empty() || it.ends_with('/'))
                });
        if !wanted {
            continue;
        }
        let bytes = part(package, &name)?;
        zip.start_file(&*name, SimpleFileOptions::default())
            .map_err(|error| failed(&error))?;
        let lock = locks.iter().find(|lock| lock.name.to_lowercase() == name);
        match lock {
            None => zip.write_all(&bytes).map_err(|error| failed(&error))?,
            Some(lock) => {
                let key = lock.is_known().then(|| lock.key(password));
                let plain = key.and_then(|key| lock.decrypted(&key, &bytes));
                let plain = plain.ok_or(Reason::Encrypted)?;
                let inflated = DeflateDecoder::new(plain.as_slice());
                let mut inflated = Bounded::new(inflated, bytes.len() as u64, budget);
                io::copy(&mut inflated, &mut zip).map_err(|error| read_reason(&error))?;
            }
        }
    }
    let done = zip.finish().map_err(|error| failed(&error))?;
    Ok(done.into_inner())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{read_bytes, read_locked};
    use super::super::super::{Outcome, Reason};

    const AES: &[u8] = include_bytes!("../../../tests/fixtures/dicht-aes.odt");
    const BLOWFISH: &[u8] = include_bytes!("../../../tests/fixtures/dicht-blowfish.odt");

    #[test]
    fn the_right_password_of_a_list_opens_a_document() {
        for bytes in [AES, BLOWFISH] {
            let (_, outcome) = read_locked("dicht.odt", bytes, &[]);
            assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted));
            let (_, outcome) = read_locked("dicht.odt", bytes, &["fout"]);
            assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted));
            let (out, outcome) = read_locked("dicht.odt", bytes, &["fout", "dijk 2019"]);
            assert_eq!(outcome, Outcome::Whole);
            assert_eq!(
                out.values("versleuteld"),
                ["geopend met een wachtwoord van de lijst"]
            );
            assert_eq!(out.children[0].name, "dicht.odt");
            let (format, inside, outcome) = read_bytes("dicht.odt", &out.children[0].bytes);
            assert_eq!((format.as_str(), outcome), ("odt", Outcome::Whole));
            assert_eq!(
                inside.rest,
                "Dit is vertrouwelijk: de dijk bij Waterveen is verzakt.\n"
            );
        }
    }

    #[test]
    fn damage_never_panics() {
        for bytes in [AES, BLOWFISH] {
            for at in (0..bytes.len()).step_by(1511) {
                let mut flipped = bytes.to_vec();
                flipped[at] ^= 0x55;
                read_locked("dicht.odt", &flipped, &["dijk 2019"]);
                read_locked("dicht.odt", &bytes[..at], &["dijk 2019"]);
            }
        }
    }
}
