//! Medians and the like of times.

use std::time::Duration;

/// The time that so many in a thousand of them take at most.
pub(crate) fn quantile(times: &mut [Duration], per_thousand: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * per_thousand / 1000]
}

pub(crate) fn median(times: &mut [Duration]) -> Duration {
    quantile(times, 500)
}

pub(crate) fn show(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1000.0 {
        format!("{micros:.1} µs")
    } else {
        format!("{:.2} ms", micros / 1000.0)
    }
}
