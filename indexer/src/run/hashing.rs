//! The hash of the bytes of a file, a block at a time. Never knows which file it is.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek};
use zv_shared::ContentHash;

/// The hash of a file from its start, and its length.
pub(crate) fn hash(file: &mut File, block: &mut [u8]) -> io::Result<(ContentHash, u64)> {
    file.rewind()?;
    let found = hash_of(file, block)?;
    file.rewind()?;
    Ok(found)
}

/// The hash of what `source` gives, and its length.
pub(super) fn hash_of(source: &mut impl Read, block: &mut [u8]) -> io::Result<(ContentHash, u64)> {
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    loop {
        match source.read(block) {
            Ok(0) => break,
            Ok(number) => {
                hasher.update(&block[..number]);
                bytes += number as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((ContentHash(hasher.finalize().into()), bytes))
}
