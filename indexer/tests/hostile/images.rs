//! Small whole cabinets, images of CDs and files in uuencode, made from one text. Never reads anything.

use std::io::Write;

/// A cabinet with the text as a file, in one packed block.
pub fn cabinet(text: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"brief.txt\0";
    let mut packer =
        flate2::write::DeflateEncoder::new(b"CK".to_vec(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    let block = packer.finish().unwrap();
    let files = 36 + 8_u32;
    let data = files + 16 + NAME.len() as u32;
    let mut cab = b"MSCF".to_vec();
    cab.resize(16, 0);
    cab.extend(files.to_le_bytes());
    cab.extend([0, 0, 0, 0, 3, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    cab.extend(data.to_le_bytes());
    cab.extend([1, 0, 1, 0]);
    cab.extend((text.len() as u32).to_le_bytes());
    cab.extend([0; 12]);
    cab.extend(NAME);
    cab.extend([0; 4]);
    cab.extend((block.len() as u16).to_le_bytes());
    cab.extend((text.len() as u16).to_le_bytes());
    cab.extend(block);
    cab
}

/// An image of a CD with the text, which must fill whole sectors, as its one file.
pub fn disk(text: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 2048;
    assert_eq!(text.len() % SECTOR, 0);
    let entry = |name: &[u8], flags: u8, sector: u32, size: u32| {
        let mut entry = vec![0, 0];
        for number in [sector, size] {
            entry.extend(number.to_le_bytes());
            entry.extend(number.to_be_bytes());
        }
        entry.extend([
            119,
            3,
            1,
            10,
            0,
            0,
            0,
            flags,
            0,
            0,
            1,
            0,
            0,
            1,
            name.len() as u8,
        ]);
        entry.extend(name);
        entry.resize(entry.len().next_multiple_of(2), 0);
        entry[0] = entry.len() as u8;
        entry
    };
    let mut first = b"\x01CD001\x01".to_vec();
    first.resize(156, 0);
    first.extend(entry(&[0], 2, 18, SECTOR as u32));
    let folder = [
        entry(&[0], 2, 18, SECTOR as u32),
        entry(&[1], 2, 18, SECTOR as u32),
        entry(b"BRIEF.TXT;1", 0, 19, text.len() as u32),
    ];
    let mut image = vec![0; 16 * SECTOR];
    for mut sector in [first, b"\xffCD001\x01".to_vec(), folder.concat()] {
        sector.resize(SECTOR, 0);
        image.extend(sector);
    }
    image.extend(text);
    image
}

/// The text as a file in uuencode.
pub fn uuencoded(text: &[u8]) -> Vec<u8> {
    let sign = |value: u32| match value & 63 {
        0 => b'`',
        value => value as u8 + 32,
    };
    let mut code = b"begin 644 brief.txt\n".to_vec();
    for line in text.chunks(45) {
        code.push(sign(line.len() as u32));
        for three in line.chunks(3) {
            let at = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
            let all = at(0) << 16 | at(1) << 8 | at(2);
            code.extend([18, 12, 6, 0].map(|shift| sign(all >> shift)));
        }
        code.push(b'\n');
    }
    code.extend(b"`\nend");
    code
}
