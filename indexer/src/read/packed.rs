//! Single packed files (`gz`, `bz2`, `xz`, `zst`, `lzma`, `Z`): what is inside is one child document. Never trusts a declared size.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::archive::{Budget, harmless, unpack};
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Reason, Stop, compress};

/// The most memory that unpacking `xz` may take, in KiB: what `xz -9` needs, and some.
const XZ_MEMORY_KIB: u32 = 128 << 10;

/// The most that unpacking `zst` looks back: what `zstd --ultra --long` of 27 bits needs.
const ZST_WINDOW: u64 = 128 << 20;

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
        "lzma" => match lzma_rust2::LzmaReader::new_mem_limit(file, XZ_MEMORY_KIB, None) {
            Ok(reader) => Box::new(reader),
            Err(_) => return Outcome::Unreadable(broken()),
        },
        "zst" => Box::new(Zst::new(file)),
        "z" => Box::new(compress::Reader::new(file)),
        _ => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
    };
    let mut budget = Budget::new(packed, limits);
    let mut counted = Counted::new("onderdelen", output);
    let hand_over = || -> Result<Option<Reason>, Stop> {
        counted.begin_child(&name, "")?;
        let trouble = unpack(reader, packed, &mut budget, &mut counted)?;
        counted.end_child(trouble.clone())?;
        Ok(trouble)
    };
    let outcome = match hand_over() {
        Ok(None) => Outcome::Whole,
        Ok(Some(reason)) => Outcome::Partial(reason),
        Err(stop) => stop.into(),
    };
    counted.tell(outcome, Expected::Known(1))
}

fn broken() -> Reason {
    Reason::Broken("het begin van het ingepakte bestand klopt niet".into())
}

/// The bytes of a Zstandard file: its frames one after another, without those that only carry notes.
struct Zst<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Zst<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZST_WINDOW);
        Self {
            source,
            decoder,
            in_frame: false,
        }
    }

    /// Opens the next frame; `false` at the end of the file.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut notes = (&mut self.source).take(u64::from(length));
                    io::copy(&mut notes, &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Whether the frame that ended is what was packed.
    fn check(&self) -> io::Result<()> {
        match self.decoder.get_checksum_from_data() {
            Some(sum) if self.decoder.get_calculated_checksum() != Some(sum) => {
                Err(io::ErrorKind::InvalidData.into())
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zst<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                self.in_frame = self.next_frame()?;
                if !self.in_frame {
                    return Ok(0);
                }
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if self.decoder.is_finished() {
                self.check()?;
                self.in_frame = false;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let blocks = self.decoder.decode_blocks(&mut self.source, one);
                blocks.map_err(io::Error::other)?;
            }
        }
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
        "tzst" | "taz" => format!("{stem}.tar"),
        "gzip" | "zstd" => stem.to_owned(),
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

    /// The same, packed by `lzma`, `zstd` and `compress`.
    const LZMA: &[u8] = &[
        0x5d, 0x00, 0x00, 0x80, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x22,
        0x99, 0x49, 0xc2, 0x02, 0xa9, 0xb7, 0x6d, 0xd6, 0xab, 0x05, 0x07, 0x13, 0x68, 0x25, 0x6e,
        0x33, 0x81, 0x82, 0xa7, 0xcb, 0x36, 0xbc, 0x9c, 0x34, 0xdd, 0xc5, 0xff, 0xff, 0xb6, 0x69,
        0x80, 0x00,
    ];
    const ZST: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0xb9, 0x00, 0x00, 0x45, 0x65, 0x6e, 0x20, 0x62, 0x72,
        0x69, 0x65, 0x66, 0x20, 0x6f, 0x76, 0x65, 0x72, 0x20, 0x64, 0x65, 0x20, 0x64, 0x69, 0x6a,
        0x6b, 0x2e, 0x89, 0xce, 0x29, 0x14,
    ];
    const Z: &[u8] = &[
        0x1f, 0x9d, 0x90, 0x45, 0xca, 0xb8, 0x01, 0x21, 0x46, 0x4e, 0x9a, 0x32, 0x66, 0x40, 0xbc,
        0xb1, 0x53, 0x46, 0x0e, 0x08, 0x32, 0x65, 0x1e, 0xa6, 0x51, 0xb3, 0xc6, 0x05,
    ];

    /// Packs as `compress` does, in groups of eight codes of one width, all of them single bytes.
    fn plain_z(bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0x1f, 0x9d, 0x90];
        let (mut known, mut bits, mut first) = (257usize, 9usize, true);
        let mut group: Vec<u16> = Vec::new();
        for byte in bytes {
            if known >= 1 << bits && bits < 16 {
                write_group(&mut out, &mut group, bits, true);
                bits += 1;
            }
            group.push(u16::from(*byte));
            if group.len() == 8 {
                write_group(&mut out, &mut group, bits, true);
            }
            known += usize::from(!first);
            first = false;
        }
        write_group(&mut out, &mut group, bits, false);
        out
    }

    fn write_group(out: &mut Vec<u8>, group: &mut Vec<u16>, bits: usize, whole: bool) {
        let size = match whole && !group.is_empty() {
            true => bits,
            false => (group.len() * bits).div_ceil(8),
        };
        let mut bytes = vec![0u8; size];
        for (at, code) in group.drain(..).enumerate() {
            for bit in (0..bits).filter(|bit| code >> bit & 1 == 1) {
                bytes[(at * bits + bit) / 8] |= 1 << ((at * bits + bit) % 8);
            }
        }
        out.extend(bytes);
    }

    #[test]
    fn the_width_of_the_codes_of_compress_grows() {
        let text = b"Een brief over de dijk. ".repeat(300);
        let (format, out, outcome) = read_bytes("brief.txt.Z", &plain_z(&text));
        assert_eq!((format.as_str(), outcome), ("z", Outcome::Whole));
        assert!(out.children[0].bytes == text);
    }

    #[test]
    fn frames_of_zstandard_follow_each_other_and_notes_are_passed_over() {
        let notes = b"\x50\x2a\x4d\x18\x03\0\0\0abc";
        let (_, out, outcome) = read_bytes("log.zst", &[ZST, notes, ZST].concat());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(out.children[0].bytes, b"Een brief over de dijk.".repeat(2));
    }

    #[test]
    fn what_is_inside_is_a_child_under_its_own_name() {
        let text = b"Een brief over de dijk.";
        let cases: [(&str, Vec<u8>, &str); 8] = [
            ("brief.txt.zst", ZST.to_vec(), "brief.txt"),
            ("brief.txt.lzma", LZMA.to_vec(), "brief.txt"),
            ("brief.tar.Z", Z.to_vec(), "brief.tar"),
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
        fn no_bytes_make_it_panic(at in 0usize..60, bit in 0u8..8, format in 0usize..6) {
            let (format, mut bytes) = match format {
                0 => ("gz", gz(b"Een brief over de dijk.")),
                1 => ("bz2", bz2(b"Een brief over de dijk.")),
                2 => ("xz", XZ.to_vec()),
                3 => ("zst", ZST.to_vec()),
                4 => ("z", Z.to_vec()),
                _ => ("lzma", LZMA.to_vec()),
            };
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let mut out = Collected::default();
            let outcome = read_packed(format, &mut input("a", &bytes), &limits(), &mut out);
            // Nothing in the last two formats guards their bytes.
            let Some(child) = out.children.first().filter(|_| !matches!(format, "z" | "lzma")) else {
                return Ok(());
            };
            prop_assert!(child.ended);
            let right = out.children[0].bytes == b"Een brief over de dijk.";
            prop_assert!(right || out.children[0].unreadable.is_some(), "{outcome:?}");
            prop_assert!(outcome == Outcome::Whole || out.children[0].unreadable.is_some());
        }
    }
}
