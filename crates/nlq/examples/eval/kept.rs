//! The clause models and the questions with their candidates as a file, little-endian: what the rankers are trained on.

use crate::gather::{Case, Seen};
use datafyme_nlq::development::{ExaminedCandidate, Model, Softmax};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Write},
};

/// Kinds of queries, by number.
const KINDS: [&str; 8] = ["plain", "plain join", "group", "group join", "order", "order join", "nested", "set"];

pub(crate) fn write(path: &str, clauses: &[Softmax], cases: &[Case]) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    bytes(&mut file, &Model { clauses: clauses.to_vec(), ..Model::default() }.write());
    let groups = cases.iter().find(|c| !c.groups.is_empty()).map_or(&[][..], |c| c.groups.as_slice());
    long(&mut file, groups.len() as u64);
    for (name, end) in groups {
        bytes(&mut file, name.as_bytes());
        long(&mut file, *end as u64);
    }
    long(&mut file, cases.len() as u64);
    for case in cases {
        bytes(&mut file, case.id.as_bytes());
        let kind = KINDS.iter().position(|k| *k == case.kind).unwrap();
        for number in [kind as u64, case.fold as u64, u64::from(case.reworded), u64::from(case.measured)] {
            long(&mut file, number);
        }
        for number in [case.micros as u64, case.trials.0 as u64, case.trials.1 as u64, case.candidates.len() as u64] {
            long(&mut file, number);
        }
        for Seen { right, candidate } in &case.candidates {
            long(&mut file, u64::from(*right));
            long(&mut file, candidate.result);
            floats(&mut file, &candidate.dense);
            floats(&mut file, &candidate.shown);
        }
    }
}

/// What [`write`] wrote; none where there is no such file.
pub(crate) fn read(path: &str) -> Option<(Vec<Softmax>, Vec<Case>)> {
    let mut file = BufReader::new(File::open(path).ok()?);
    let model = Model::read(&read_bytes(&mut file)).unwrap();
    let names: Vec<(&'static str, usize)> = (0..read_long(&mut file))
        .map(|_| (read_text(&mut file).leak() as &'static str, read_long(&mut file) as usize))
        .collect();
    let cases = (0..read_long(&mut file)).map(|_| {
        let id = read_text(&mut file);
        let [kind, fold, reworded, measured, micros, trials, spent, count] =
            std::array::from_fn(|_| read_long(&mut file));
        let candidates = (0..count).map(|_| {
            let (right, result) = (read_long(&mut file) == 1, read_long(&mut file));
            let (dense, shown) = (read_floats(&mut file), read_floats(&mut file));
            Seen { right, candidate: ExaminedCandidate { dense, shown, result, ..ExaminedCandidate::default() } }
        });
        let candidates = candidates.collect();
        Case {
            id,
            kind: KINDS[kind as usize],
            fold: fold as usize,
            reworded: reworded == 1,
            measured: measured == 1,
            words: Vec::new(),
            groups: names.clone(),
            candidates,
            micros: u128::from(micros),
            trials: (trials as usize, u128::from(spent)),
        }
    });
    Some((model.clauses, cases.collect()))
}

fn long(file: &mut impl Write, number: u64) {
    file.write_all(&number.to_le_bytes()).unwrap();
}

fn bytes(file: &mut impl Write, of: &[u8]) {
    long(file, of.len() as u64);
    file.write_all(of).unwrap();
}

fn floats(file: &mut impl Write, of: &[f32]) {
    bytes(file, &of.iter().flat_map(|f| f.to_le_bytes()).collect::<Vec<u8>>());
}

fn read_long(file: &mut impl Read) -> u64 {
    let mut number = [0; 8];
    file.read_exact(&mut number).unwrap();
    u64::from_le_bytes(number)
}

fn read_bytes(file: &mut impl Read) -> Vec<u8> {
    let mut found = vec![0; read_long(file) as usize];
    file.read_exact(&mut found).unwrap();
    found
}

fn read_text(file: &mut impl Read) -> String {
    String::from_utf8(read_bytes(file)).unwrap()
}

fn read_floats(file: &mut impl Read) -> Vec<f32> {
    read_bytes(file).chunks_exact(4).map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()
}
