//! Single packed files (`gz`, `bz2`, `xz`): what is inside is one child document. Never trusts a declared size.

use std::io::{BufReader, Read};

use super::archive::{Budget, harmless, unpack};
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// The most memory that unpacking `xz` may take, in KiB: what `xz -9` needs, and some.
const XZ_MEMORY_KIB: u32 = 128 << 10;

/// Reads one packed file.
pub fn read_packed(
    format: &str,
    input: &mut Input,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let name = inner_name(&input.name, format);
    let packed = input.size;
    let file = BufReader::new(&mut input.file);
    let reader: Box<dyn Read + '_> = match format {
        "bz2" => Box::new(bzip2::bufread::MultiBzDecoder::new(file)),
        "xz" => Box::new(lzma_rust2::XzReader::new_mem_limit(
            file,
            true,
            XZ_MEMORY_KIB,
        )),
        _ => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
    };
    let mut budget = Budget::new(packed, limits);
    let hand_over = || -> Result<Option<Reason>, Stop> {
        output.begin_child(&name, "")?;
        let trouble = unpack(reader, packed, &mut budget, output)?;
        output.end_child(trouble.clone())?;
        Ok(trouble)
    };
    match hand_over() {
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    }
}

/// The name without the ending of the packer: `kaart.tar.gz` holds `kaart.tar`, `kaart.tgz` too.
fn inner_name(name: &str, format: &str) -> String {
    let name = harmless(name);
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return name;
    };
    match ending.to_ascii_lowercase().as_str() {
        "tgz" | "tbz" | "tbz2" | "txz" => format!("{stem}.tar"),
        "gzip" => stem.to_owned(),
        ending if ending == format => stem.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).expect("packing");
        packer.finish().expect("packing")
    }

    fn bz2(bytes: &[u8]) -> Vec<u8> {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        packer.write_all(bytes).expect("packing");
        packer.finish().expect("packing")
    }

    /// `printf 'Een brief over de dijk.' | xz`
    const XZ: &[u8] = &[
        0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21,
        0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x16, 0x45, 0x65, 0x6e,
        0x20, 0x62, 0x72, 0x69, 0x65, 0x66, 0x20, 0x6f, 0x76, 0x65, 0x72, 0x20, 0x64, 0x65, 0x20,
        0x64, 0x69, 0x6a, 0x6b, 0x2e, 0x00, 0x00, 0x3a, 0x7a, 0xc9, 0x48, 0x10, 0x3e, 0x29, 0xd5,
        0x00, 0x01, 0x2f, 0x17, 0x81, 0x08, 0x49, 0xb1, 0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00,
        0x00, 0x00, 0x04, 0x59, 0x5a,
    ];

    #[test]
    fn what_is_inside_is_a_child_under_its_own_name() {
        let text = b"Een brief over de dijk.";
        let cases: [(&str, Vec<u8>, &str); 5] = [
            ("brief.txt.gz", gz(text), "brief.txt"),
            ("brief.TGZ", gz(text), "brief.tar"),
            ("brief.txt.bz2", bz2(text), "brief.txt"),
            ("brief.txt.xz", XZ.to_vec(), "brief.txt"),
            ("brief", gz(text), "brief"),
        ];
        for (name, bytes, inner) in cases {
            let (_, out, outcome) = read_bytes(name, &bytes);
            assert_eq!(outcome, Outcome::Whole, "{name}");
            assert_eq!(out.children.len(), 1, "{name}");
            assert_eq!(out.children[0].name, inner);
            assert_eq!(out.children[0].bytes, text, "{name}");
        }
    }

    #[test]
    fn parts_packed_one_after_another_are_all_read() {
        let (_, out, outcome) = read_bytes("log.gz", &[gz(b"een "), gz(b"twee")].concat());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.children[0].bytes, b"een twee");
    }

    #[test]
    fn a_cut_file_gives_what_it_has_and_tells() {
        let text: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
        for (name, bytes) in [("a.gz", gz(&text)), ("a.bz2", bz2(&text))] {
            let (_, out, outcome) = read_bytes(name, &bytes[..bytes.len() / 2]);
            assert!(
                matches!(outcome, Outcome::Partial(Reason::Broken(_))),
                "{outcome:?}"
            );
            assert!(out.children[0].unreadable.is_some(), "{name}");
        }
    }

    #[test]
    fn a_bomb_strikes_a_limit() {
        let bomb = gz(&vec![0; 64 << 20]);
        let tight = Limits {
            ratio: 100,
            ..limits()
        };
        let mut out = Collected::default();
        let outcome = read_packed("gz", &mut input("bom.gz", &bomb), &tight, &mut out);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Limit(_))),
            "{outcome:?}"
        );
        assert!(out.children[0].bytes.len() < 32 << 20);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0usize..60, bit in 0u8..8, format in 0usize..3) {
            let (format, mut bytes) = match format {
                0 => ("gz", gz(b"Een brief over de dijk.")),
                1 => ("bz2", bz2(b"Een brief over de dijk.")),
                _ => ("xz", XZ.to_vec()),
            };
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let mut out = Collected::default();
            let outcome = read_packed(format, &mut input("a", &bytes), &limits(), &mut out);
            let right = out.children[0].bytes == b"Een brief over de dijk.";
            prop_assert!(right || out.children[0].unreadable.is_some(), "{outcome:?}");
            prop_assert!(outcome == Outcome::Whole || out.children[0].unreadable.is_some());
        }
    }
}
