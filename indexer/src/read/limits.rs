//! What one reading may cost: the limits for all formats and those of single formats. Never counts anything.

use std::collections::BTreeMap;

const MIB: u64 = 1024 * 1024;

/// The formats that have a reader, and so may have limits of their own.
pub const FORMATS: [&str; 83] = [
    "7z",
    "accdb",
    "arj",
    "avif",
    "bmp",
    "bz2",
    "cab",
    "csv",
    "dbf",
    "djvu",
    "doc",
    "docx",
    "eml",
    "epub",
    "facebook",
    "fodp",
    "fods",
    "fodt",
    "gif",
    "gz",
    "heif",
    "html",
    "ics",
    "instagram",
    "iso",
    "iwork",
    "jp2",
    "jpeg",
    "json",
    "jxl",
    "jxr",
    "lha",
    "linkedin",
    "lzma",
    "mbox",
    "md",
    "mdb",
    "mht",
    "msg",
    "odc",
    "odg",
    "odp",
    "ods",
    "odt",
    "one",
    "p7m",
    "pdf",
    "png",
    "ppt",
    "pptx",
    "psd",
    "pst",
    "pub",
    "rar",
    "rtf",
    "signal",
    "slack",
    "sms",
    "srt",
    "svg",
    "tar",
    "teams",
    "telegram",
    "tiff",
    "tnef",
    "tsv",
    "txt",
    "uue",
    "vcf",
    "vsdx",
    "vtt",
    "webp",
    "whatsapp",
    "wpd",
    "x",
    "xls",
    "xlsb",
    "xlsx",
    "xml",
    "xz",
    "z",
    "zip",
    "zst",
];

/// Limits of one reading; every one shows when it strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text per document.
    pub text_bytes: u64,
    /// Pages of a document.
    pub pages: u32,
    /// Members of one container.
    pub children: u32,
    /// Bytes of all members of one container together, unpacked.
    pub children_bytes: u64,
    /// Containers inside containers.
    pub depth: u32,
    /// Unpacked bytes per packed byte of a container.
    pub ratio: u64,
    /// Seconds of wall clock.
    pub seconds: u64,
    /// Address space of the process, in bytes.
    pub memory: u64,
}

impl Limits {
    /// What holds where nobody set anything else.
    pub const STANDARD: Limits = Limits {
        text_bytes: 512 * MIB,
        pages: 999_999,
        // A mailbox of many years; each child that waits takes some 200 bytes of memory.
        children: 250_000,
        children_bytes: 8 * 1024 * MIB,
        depth: 10,
        ratio: 1000,
        seconds: 120,
        memory: 2 * 1024 * MIB,
    };
}

/// The limits of a run: for all formats, and for those that have their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSet {
    /// For every format that has none of its own.
    pub general: Limits,
    /// By format.
    pub formats: BTreeMap<String, Limits>,
}

impl From<Limits> for LimitSet {
    fn from(general: Limits) -> Self {
        LimitSet {
            general,
            formats: BTreeMap::new(),
        }
    }
}

impl LimitSet {
    /// The limits of this format.
    pub fn of(&self, format: &str) -> &Limits {
        self.formats.get(format).unwrap_or(&self.general)
    }

    /// Whether this format has a time or memory of its own, which only the parent of a process can set.
    pub fn is_special(&self, format: &str) -> bool {
        let own = self.of(format);
        (own.seconds, own.memory) != (self.general.seconds, self.general.memory)
    }

    /// The most memory that any format may take.
    pub fn most_memory(&self) -> u64 {
        let formats = self.formats.values().map(|limits| limits.memory);
        formats.fold(self.general.memory, u64::max)
    }

    /// Takes what was used of the limits that hold for everything inside one file together.
    pub fn take(&mut self, children: u32, bytes: u64) {
        for limits in self.formats.values_mut().chain([&mut self.general]) {
            limits.children = limits.children.saturating_sub(children);
            limits.children_bytes = limits.children_bytes.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_with_a_reader_can_have_limits() {
        let source = include_str!("mod.rs");
        let start = source.find("match format {").unwrap();
        let end = source[start..].find("_ if let").unwrap();
        let quoted = source[start..start + end].split('"').skip(1).step_by(2);
        let mut with_reader: Vec<&str> = quoted.filter(|format| *format != "leeg").collect();
        with_reader.sort_unstable();
        assert_eq!(with_reader, FORMATS);
    }

    #[test]
    fn what_is_used_counts_for_every_format() {
        let own = Limits {
            children: 5,
            ..Limits::STANDARD
        };
        let mut all = LimitSet::from(Limits::STANDARD);
        all.formats.insert("zip".into(), own);
        all.take(3, 10);
        assert_eq!(all.of("zip").children, 2);
        assert_eq!(all.of("pst").children, Limits::STANDARD.children - 3);
        all.take(3, 10);
        assert_eq!(all.of("zip").children, 0);
    }
}
