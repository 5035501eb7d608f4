//! What was measured out of fold, as text and as a diagram.

use crate::{FOLDS, gather::Case};
use std::collections::BTreeMap;

pub(crate) struct Verdict {
    pub right: bool,
    pub sure: f32,
}

#[derive(Default)]
struct Count {
    n: usize,
    right: usize,
    by_search: usize,
    reached: usize,
}

impl Count {
    fn add(&mut self, case: &Case, verdict: &Verdict) {
        self.n += 1;
        self.right += usize::from(verdict.right);
        self.by_search += usize::from(case.reached() == Some(0));
        self.reached += usize::from(case.reached().is_some());
    }

    fn line(&self) -> String {
        let share = |n: usize| 100.0 * n as f64 / self.n.max(1) as f64;
        format!(
            "n={:5} correct {:.1} % (search alone {:.1} %) reachable {:.1} %",
            self.n,
            share(self.right),
            share(self.by_search),
            share(self.reached)
        )
    }
}

pub(crate) fn print(cases: &[Case], verdicts: &[Verdict]) {
    for reworded in [false, true] {
        let of: Vec<(&Case, &Verdict)> =
            cases.iter().zip(verdicts).filter(|(c, _)| c.measured && c.reworded == reworded).collect();
        println!("== {}", if reworded { "reworded (question_syn)" } else { "originals (question)" });
        let mut rows: BTreeMap<String, Count> = BTreeMap::new();
        for (case, verdict) in &of {
            rows.entry("all".to_owned()).or_default().add(case, verdict);
            rows.entry(format!("fold {} of {FOLDS}", case.fold + 1)).or_default().add(case, verdict);
            rows.entry(format!("kind {}", case.kind)).or_default().add(case, verdict);
        }
        for (name, count) in &rows {
            println!("  {name:16} {}", count.line());
        }
        let mut sorted: Vec<(f32, bool)> = of.iter().map(|(_, v)| (v.sure, v.right)).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let total = sorted.len();
        for threshold in [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9] {
            let answered = sorted.partition_point(|s| s.0 >= threshold);
            let right = sorted[..answered].iter().filter(|s| s.1).count();
            println!(
                "  sure ≥ {threshold:.2}: answered {:.1} %, precision {:.1} %, correct {:.1} %",
                100.0 * answered as f64 / total.max(1) as f64,
                100.0 * right as f64 / answered.max(1) as f64,
                100.0 * right as f64 / total.max(1) as f64
            );
        }
        println!("  expected calibration error {:.3}", calibration(&sorted));
        println!("  {}", times(&of.iter().map(|(c, _)| *c).collect::<Vec<_>>()));
    }
}

/// What the first step of the ranking does by itself: without any trial, and as a choice of what is tried.
pub(crate) fn shortlist(cases: &[Case], scores: &[Vec<f32>], tried: &[&[usize]]) {
    for reworded in [false, true] {
        let (mut n, mut first, mut kept, mut trials) = (0, 0, 0, Vec::new());
        for ((case, scores), tried) in
            cases.iter().zip(scores).zip(tried).filter(|((c, _), _)| c.measured && c.reworded == reworded)
        {
            n += 1;
            let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)));
            first += usize::from(best.is_some_and(|b| case.candidates[b].right));
            kept += usize::from(tried.iter().any(|t| case.candidates[*t].right));
            trials.push(tried.len());
        }
        trials.sort_unstable();
        let at = |q: usize| trials.get(trials.len() * q / 100).copied().unwrap_or(0);
        let share = |of: usize| 100.0 * of as f64 / n.max(1) as f64;
        println!(
            "before trials, {}: correct {:.1} %, right among those tried {:.1} %; tried p50 {} p95 {}",
            if reworded { "reworded" } else { "originals" },
            share(first),
            share(kept),
            at(50),
            at(95)
        );
    }
}

/// How often a right candidate is among the first few.
pub(crate) fn reach(cases: &[&Case]) {
    let mut kinds: BTreeMap<&str, Vec<Option<usize>>> = BTreeMap::new();
    for case in cases {
        kinds.entry("all").or_default().push(case.reached());
        kinds.entry(case.kind).or_default().push(case.reached());
    }
    for (kind, found) in kinds {
        let within = |most: usize| {
            100.0 * found.iter().filter(|f| f.is_some_and(|at| at < most)).count() as f64 / found.len() as f64
        };
        println!(
            "{kind:12} n={:5} first {:.1} % in 3 {:.1} % in 24 {:.1} % in 40 {:.1} % in all {:.1} %",
            found.len(),
            within(1),
            within(3),
            within(24),
            within(40),
            within(usize::MAX)
        );
    }
    println!("{}", times(cases));
}

/// What a question takes, and its trials of that.
fn times(cases: &[&Case]) -> String {
    let quantiles = |of: &dyn Fn(&Case) -> u128| {
        let mut values: Vec<u128> = cases.iter().map(|c| of(c)).collect();
        values.sort_unstable();
        let at = |q: usize| values.get(values.len() * q / 100).copied().unwrap_or(0) as f64 / 1000.0;
        format!("p50 {:.1} p95 {:.1}", at(50), at(95))
    };
    let trials: usize = cases.iter().map(|c| c.trials.0).sum();
    format!(
        "milliseconds {}; of these trials {} ({:.0} trials a question)",
        quantiles(&|c| c.micros),
        quantiles(&|c| c.trials.1),
        trials as f64 / cases.len().max(1) as f64
    )
}

/// Mean distance of stated and observed share over ten bins (Naeini et al., 2015).
fn calibration(points: &[(f32, bool)]) -> f64 {
    bins(points).iter().map(|b| b.0 as f64 * (b.1 - b.2).abs()).sum::<f64>() / points.len().max(1) as f64
}

/// Size, mean confidence and share of right ones of each tenth of the scale.
fn bins(points: &[(f32, bool)]) -> Vec<(usize, f64, f64)> {
    (0..10)
        .map(|bin| {
            let of: Vec<_> = points.iter().filter(|p| ((p.0 * 10.0) as usize).min(9) == bin).collect();
            let n = of.len();
            let mean = of.iter().map(|p| f64::from(p.0)).sum::<f64>() / n.max(1) as f64;
            (n, mean, of.iter().filter(|p| p.1).count() as f64 / n.max(1) as f64)
        })
        .collect()
}

/// The reliability diagram, as SVG: one dot per tenth of the scale, its area the share of the questions.
pub(crate) fn diagram(cases: &[Case], verdicts: &[Verdict]) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 460 460\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"460\" height=\"460\" fill=\"#fff\"/>\n\
         <path d=\"M50 410H450M50 410V10\" stroke=\"#444\" fill=\"none\"/>\n\
         <path d=\"M50 410L450 10\" stroke=\"#999\" stroke-dasharray=\"4 4\" fill=\"none\"/>\n\
         <text x=\"250\" y=\"450\" text-anchor=\"middle\">stated confidence</text>\n\
         <text transform=\"translate(14 210) rotate(-90)\" text-anchor=\"middle\">share of right answers</text>\n",
    );
    for tenth in 0..=10 {
        let at = f64::from(tenth) * 40.0;
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"426\" text-anchor=\"middle\">{:.1}</text><text x=\"44\" y=\"{}\" text-anchor=\"end\">{:.1}</text>\n",
            50.0 + at,
            f64::from(tenth) / 10.0,
            414.0 - at,
            f64::from(tenth) / 10.0
        ));
    }
    for (reworded, colour, name, y) in [(false, "#1f77b4", "originals", 30), (true, "#d95f02", "reworded", 48)] {
        let points: Vec<(f32, bool)> = cases
            .iter()
            .zip(verdicts)
            .filter(|(c, _)| c.measured && c.reworded == reworded)
            .map(|(_, v)| (v.sure, v.right))
            .collect();
        for (n, sure, right) in bins(&points).into_iter().filter(|b| b.0 > 0) {
            let radius = 3.0 + 22.0 * (n as f64 / points.len() as f64).sqrt();
            svg.push_str(&format!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{colour}\" fill-opacity=\"0.6\"/>\n",
                50.0 + 400.0 * sure,
                410.0 - 400.0 * right
            ));
        }
        svg.push_str(&format!(
            "<circle cx=\"66\" cy=\"{}\" r=\"5\" fill=\"{colour}\"/><text x=\"78\" y=\"{y}\">{name}: calibration error {:.3}</text>\n",
            y - 4,
            calibration(&points)
        ));
    }
    svg.push_str("</svg>\n");
    svg
}
