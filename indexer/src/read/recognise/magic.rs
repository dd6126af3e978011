//! Formats that show themselves in fixed bytes at a fixed place. Never looks at a name or at text.

use super::find;

/// Formats that show themselves in fixed bytes: where, which bytes, and the name.
const FIXED: [(usize, &[u8], &str); 66] = [
    (0, b"%PDF-", "pdf"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"II*\0", "tiff"),
    (0, b"MM\0*", "tiff"),
    (0, b"II+\0", "tiff"),
    (0, b"MM\0+", "tiff"),
    (0, b"\0\0\0\x0cjP  ", "jp2"),
    (0, b"\x1f\x8b\x08", "gz"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"\x28\xb5\x2f\xfd", "zst"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "one"),
    (0, b"!<arch>\n", "ar"),
    (0, b"MSCF\0\0\0\0", "cab"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"070701", "cpio"),
    (0, b"\x60\xea", "arj"),
    (32_769, b"CD001", "iso"),
    (32_769, b"BEA01", "udf"),
    (20, b"\xdc\xa7\xc4\xfd", "zoo"),
    (7, b"**ACE**", "ace"),
    (0, b"ALZ\x01", "alz"),
    (0, b"EGGA\0\x01", "egg"),
    (10, b"rLau", "sit"),
    (0, b"StuffIt (c)1997", "sit"),
    (0, b"SZDD\x88\xf0\x27\x33", "szdd"),
    (0, b"MSWIM\0\0\0", "wim"),
    (0, b"TAPE\0\0", "bkf"),
    (0, b"LZIP\x01", "lz"),
    (0, b"encrcdsa", "dmg"),
    (0, b"conectix", "vhd"),
    (0, b"vhdxfile", "vhdx"),
    (0, b"KDMV\x01\0\0\0", "vmdk"),
    (0, b"QFI\xfb", "qcow"),
    (64, b"\x7f\x10\xda\xbe", "vdi"),
    (0, b"EVF\x09\x0d\x0a\xff\0", "e01"),
    (0, b"ADSEGMENTEDFILE\0", "ad1"),
    (0, b"\x1a\0\0\x04\0\0", "nsf"),
    (0, b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", "dbx"),
    (0, b"\0\0\x02\0\x06\x04\x06\0", "wk1"),
    (0, b"\0\0\x1a\0\0\x10\x04\0", "wk1"),
    (0, b"\0\0\x1a\0\x02\x10\x04\0", "wk1"),
    (60, b"BOOKMOBI", "mobi"),
    (0, b"\x50\x2a\x4d\x18", "zst"),
    (0, b"\x1f\x9d", "z"),
    (0, b"RE\x7e\x5e", "rar"),
    (257, b"ustar", "tar"),
    (0, b"!BDN", "pst"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"\xdb\xa5\x2d\0", "doc"),
    (0, b"\x31\xbe\0\0", "doc"),
    (0, b"\x09\x08\x10\0\0\x06\x05\0", "xls"),
    (0, b"\x09\x04\x06\0", "xls"),
    (0, b"\x09\x02\x06\0", "xls"),
    (0, b"\xffWPC", "wpd"),
    (0, b"SQLite format 3\0", "sqlite"),
    (4, b"Standard Jet DB\0", "mdb"),
    (4, b"Standard ACE DB\0", "accdb"),
    (0, b"%!PS", "ps"),
    (0, b"ITSF\x03\0\0\0", "chm"),
    (0, b"\xc5\xd0\xd3\xc6", "ps"),
];

/// The format that fixed bytes give away.
pub(super) fn by_magic(head: &[u8]) -> Option<&'static str> {
    if let Some((_, _, format)) = FIXED
        .iter()
        .find(|(at, magic, _)| starts_at(head, *at, magic))
    {
        return Some(format);
    }
    // LHA and its kin name the way of packing between dashes; in a text no such low number follows.
    let packing = head.get(2..7);
    if let Some(
        [
            b'-',
            b'l',
            b'h' | b'z',
            b'0'..=b'9' | b'd' | b's' | b'x',
            b'-',
        ],
    ) = packing
        && head.get(20).is_some_and(|level| *level <= 3)
    {
        return Some("lha");
    }
    // A drawing names its version in six letters, followed by zeros.
    if head.starts_with(b"AC10") && starts_at(head, 6, &[0; 5]) {
        return Some("dwg");
    }
    if head.starts_with(b"BZh") && starts_at(head, 4, b"1AY&SY") {
        return Some("bz2");
    }
    // LZMA has no magic: usual properties, a dictionary of whole megabytes or less, a size that can be, a first zero.
    let size = head.get(5..13).map(|size| {
        size.iter()
            .rev()
            .fold(0u64, |all, b| all << 8 | u64::from(*b))
    });
    if head.starts_with(b"\x5d\0\0")
        && size.is_some_and(|size| size == u64::MAX || size < 1 << 40)
        && head.get(13) == Some(&0)
    {
        return Some("lzma");
    }
    if head.starts_with(b"RIFF") && starts_at(head, 8, b"WEBP") {
        return Some("webp");
    }
    // "BM" begins many a text: a bitmap has two reserved words of zero and a known size of header.
    if head.starts_with(b"BM")
        && starts_at(head, 6, &[0; 4])
        && matches!(head.get(14), Some(12 | 40 | 52..=124))
    {
        return Some("bmp");
    }
    // A signed or encrypted mail (PKCS#7) in DER.
    let pkcs7: [&[u8]; 2] = [
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07",
        b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01",
    ];
    let start = &head[..head.len().min(32)];
    if start.first() == Some(&0x30) && pkcs7.iter().any(|kind| find(start, kind).is_some()) {
        return Some("p7m");
    }
    None
}

/// The format of an image of a disk that shows itself in its last block only.
pub(super) fn by_end(last: &[u8]) -> Option<&'static str> {
    match last.get(..8) {
        Some([b'k', b'o', b'l', b'y', ..]) => Some("dmg"),
        Some(b"conectix") => Some("vhd"),
        _ => None,
    }
}

fn starts_at(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}
