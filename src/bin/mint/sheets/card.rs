//! One coupon to cut out: its code in letters and bars, and its link as a QR code.

use std::{fmt, io};

use couponmint::{Coupon, Format};
use qrcode::{Color, EcLevel, QrCode};

use super::{bars::Bars, picture::Picture};

/// How the cards of a run look.
pub(crate) struct Cards {
    campaign: String,
    bars: Option<Bars>,
}

/// White modules around a QR code.
const QUIET: usize = 4;

impl Cards {
    pub(crate) fn new(campaign: &str, format: Option<&Format>) -> Self {
        Self {
            campaign: campaign.to_owned(),
            bars: format.and_then(Bars::of),
        }
    }

    /// A coupon as HTML. The code on it is the one to type in: the custom code, or else the widget code.
    pub(crate) fn draw(&self, coupon: &Coupon<'_>) -> io::Result<String> {
        let custom = coupon.custom_validation_code();
        let code = custom.unwrap_or(coupon.widget_validation_code());
        let qr = qr_code(&coupon.single_use_url().to_string())?;
        let until = coupon.expiry_date().map(|date| {
            let until = date.strftime("valid until <b>%-d %B %Y</b>, %H:%M UTC");
            format!("<p class=\"until\">{until}</p>")
        });
        let until = until.unwrap_or_default();
        let bars = self.bars.and_then(|bars| bars.draw(custom?));
        let (kind, bars) = match &bars {
            Some(bars) => ("card", &**bars),
            None => ("card tall", ""),
        };
        let void = if coupon.is_voided() {
            "<p class=\"void\">void</p>"
        } else {
            ""
        };
        let (campaign, code) = (Escaped(&self.campaign), Escaped(code));
        let number = coupon.sequence_id();
        Ok(format!(
            "<article class=\"{kind}\"><header><p class=\"campaign\">{campaign}</p>{until}\
             <p class=\"number\">No. {number}</p></header>{qr}<p class=\"code\">{code}</p>{bars}{void}</article>\n"
        ))
    }
}

/// A link as SVG.
fn qr_code(link: &str) -> io::Result<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M);
    let code = code.map_err(|_| {
        let length = link.len();
        io::Error::other(format!(
            "a link of {length} characters is too long for a QR code"
        ))
    })?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut picture = Picture::default();
    for (row, colors) in colors.chunks_exact(width).enumerate() {
        let quiet = [false; QUIET].into_iter();
        let modules = colors.iter().map(|&color| color == Color::Dark);
        picture.add(row + QUIET, 1, quiet.chain(modules));
    }
    let width = width + 2 * QUIET;
    Ok(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {width} {width}\">{picture}</svg>"
    ))
}

/// A text that HTML shows as it is.
pub(crate) struct Escaped<'t>(pub(crate) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for symbol in self.0.chars() {
            match symbol {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => write!(f, "{symbol}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_read_as_html() {
        let text = Escaped("<b class=\"x\" id='y'>&amp;</b>").to_string();
        let expected = "&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;";
        assert_eq!(text, expected);
    }

    #[test]
    fn links_that_no_qr_code_holds() {
        assert!(qr_code(&"x".repeat(2000)).is_ok());
        let error = qr_code(&"x".repeat(3000)).unwrap_err();
        let text = "a link of 3000 characters is too long for a QR code";
        assert_eq!(error.to_string(), text);
    }
}
