//! Writes ZIP files that are the same every time: fixed dates, fixed rights, a fixed salt. Office files are
//! such packages too. Never opens one.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{AesMode, AesSalt, CompressionMethod, ZipWriter};

use super::moment;

/// One file in a package.
pub struct Member {
    /// Its name, with folders.
    pub name: String,
    /// What is in it.
    pub data: Vec<u8>,
}

impl Member {
    /// A member with text.
    pub fn new(name: &str, data: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.to_owned(),
            data: data.into(),
        }
    }
}

/// A ZIP file with these members. A member named `mimetype` is stored unpacked, as OpenDocument asks. With a
/// password every member is encrypted (AES-256).
pub fn zip(members: &[Member], date: &str, password: Option<&str>) -> io::Result<Vec<u8>> {
    let stamp = stamp(date)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, member) in members.iter().enumerate() {
        let mut options = SimpleFileOptions::default()
            .last_modified_time(stamp)
            .unix_permissions(0o644);
        if member.name == "mimetype" {
            options = options.compression_method(CompressionMethod::Stored);
        }
        if let Some(password) = password {
            // A chosen salt is no secrecy, but this is an example: it must be the same file every time.
            let salt = [u8::try_from(at).unwrap_or(u8::MAX); 16];
            let salt = AesSalt::try_new(AesMode::Aes256, &salt).map_err(io::Error::other)?;
            options = options.with_aes_encryption_and_salt(password.as_bytes(), salt);
        }
        writer.start_file(member.name.as_str(), options)?;
        writer.write_all(&member.data)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A date of the tables as a ZIP file keeps it.
fn stamp(date: &str) -> io::Result<zip::DateTime> {
    let date = moment(date)?;
    let small = |number: i8| u8::try_from(number).map_err(io::Error::other);
    zip::DateTime::from_date_and_time(
        u16::try_from(date.year()).map_err(io::Error::other)?,
        small(date.month())?,
        small(date.day())?,
        small(date.hour())?,
        small(date.minute())?,
        small(date.second())?,
    )
    .map_err(io::Error::other)
}
