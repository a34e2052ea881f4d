//! What the options ask for: a request, an engine, a target.

use std::{
    fs,
    path::{Path, PathBuf},
};

use couponmint::{Alphabet, Campaign, Engine, Error, Format, Rejection, Request, Validity, Words};

use crate::{
    campaign_file::{CampaignFile, real_path},
    failure::{Failure, say, wrong_file, wrong_option},
    input,
    options::{CustomCodeOptions, Options, OutputFormat},
    output::is_standard,
};

impl Options {
    /// What is wrong with all of them together.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let files = self.existing.reserve.iter().chain(&self.coupons.request);
        let files = files.chain(&self.custom_codes.without_words);
        if files.filter(|file| is_standard(file)).count() > 1 {
            return Err(wrong_file("standard input can be read for one option only"));
        }
        let is_target = |file: &&PathBuf| real_path(file) == real_path(self.target());
        if let Some(file) = self.existing.campaign_file.as_ref().filter(is_target) {
            let file = file.display();
            let what = "cannot have both the campaign and its coupons; name another --output";
            return Err(wrong_file(format!("{file} {what}")));
        }
        let target = fs::canonicalize(self.target());
        let is_target = |file: &&PathBuf| {
            let file = fs::canonicalize(file);
            file.is_ok_and(|file| target.as_ref().is_ok_and(|target| *target == file))
        };
        if let Some(file) = self.existing.reserve.iter().find(is_target) {
            let file = file.display();
            let what = "has the codes to reserve and would be written over; name another --output";
            return Err(wrong_file(format!("{file} {what}")));
        }
        Ok(())
    }

    /// What the options ask for, without some words.
    pub(crate) fn request(&self, words: &Words) -> Result<Request, Failure> {
        let request = self.request_with(&self.custom_codes.automated_codes);
        let request = request.map_err(wrong_option)?;
        Ok(match request.format() {
            Some(format) => {
                let format = without(format.clone(), words)?;
                request.custom_codes(format)
            }
            None => request,
        })
    }

    /// Words that no code may hold.
    pub(crate) fn words(&self) -> Result<Words, Failure> {
        let mut words = Vec::new();
        for file in &self.custom_codes.without_words {
            if file == Path::new("english") {
                words.extend(Words::english().iter().map(str::to_owned));
                continue;
            }
            let text = input::read(file)?;
            let lines = String::from_utf8_lossy(&text);
            let lines = lines.trim_start_matches('\u{feff}').lines().map(str::trim);
            words.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
        }
        Words::new(words).map_err(wrong_option)
    }

    /// The format of custom codes, whether the coupons get them or not.
    pub(crate) fn format(&self) -> Option<Format> {
        let request = self.request_with("true").ok()?;
        request.format().cloned()
    }

    fn request_with(&self, automated_codes: &str) -> Result<Request, Rejection> {
        let (coupons, custom_codes) = (&self.coupons, &self.custom_codes);
        let request = Request::from_params([
            ("campaign", &*coupons.campaign),
            ("amount", &*coupons.amount),
            ("status", &*coupons.status),
            ("automated_codes", automated_codes),
            ("code_prefix", &*custom_codes.code_prefix),
            ("code_length", &*custom_codes.code_length),
            ("code_type", &*custom_codes.code_type),
        ])?;
        Ok(match request.format() {
            Some(format) => {
                let format = custom_codes.shape(format)?;
                request.custom_codes(format)
            }
            None => request,
        })
    }

    /// The engine, and in it the campaign, as it is in its file if there is one.
    pub(crate) fn engine(
        &self,
        file: Option<&CampaignFile>,
        words: &Words,
    ) -> Result<Engine, Failure> {
        let output = &self.output;
        let mut builder = Engine::builder()
            .base_url(&output.base_url)
            .first_sequence_id(output.first_sequence_id);
        if let Some(template) = &output.url_template {
            builder = builder.url_template(template);
        }
        if let Some(seed) = output.seed {
            builder = builder.seed(seed);
        }
        if let Some(date) = output.create_date {
            builder = builder.clock(move || date);
        }
        let engine = builder.try_build().map_err(wrong_option)?;
        let name = self.campaign();
        let campaign = Campaign::new(name).map_err(wrong_option)?;
        match file {
            Some(file) if file.load(&engine, name)? => {
                if !words.is_empty() {
                    return Err(file.keeps_words());
                }
                if !self.other.quiet {
                    say(&file.describe(engine.issued(name)?));
                }
            }
            _ => {
                let campaign = campaign.without_words(words);
                assert!(engine.add_campaign(match self.said_alphabet() {
                    Some(alphabet) => campaign.alphanumeric(alphabet.clone()),
                    None => campaign,
                }));
            }
        }
        if let Some(validity) = self.validity() {
            engine.set_validity(name, validity)?;
        }
        Ok(engine)
    }

    /// What alphanumeric means to the campaign: only bodies of requests ask what it says.
    fn said_alphabet(&self) -> Option<&Alphabet> {
        let alphabet = self.custom_codes.alphabet.as_ref();
        alphabet.filter(|_| self.coupons.request.is_some())
    }

    fn validity(&self) -> Option<Validity> {
        let until = self.coupons.valid_until.map(Validity::from);
        until.or(self.coupons.valid_for.map(Validity::from))
    }

    /// The file of the campaign, locked.
    pub(crate) fn campaign_file(&self) -> Result<Option<CampaignFile>, Failure> {
        let file = self.existing.campaign_file.as_deref();
        file.map(CampaignFile::open).transpose()
    }

    pub(crate) fn campaign(&self) -> &str {
        &self.coupons.campaign
    }

    /// Where the output goes.
    pub(crate) fn target(&self) -> &Path {
        let default = match (&self.coupons.request, self.output.format) {
            (Some(_), _) => "-",
            (None, OutputFormat::Json) => "coupons.json",
            (None, OutputFormat::Csv) => "coupons.csv",
            (None, OutputFormat::Xlsx) => "coupons.xlsx",
            (None, OutputFormat::Html) => "coupons.html",
        };
        self.output.output.as_deref().unwrap_or(Path::new(default))
    }
}

/// A format without some words.
pub(crate) fn without(format: Format, words: &Words) -> Result<Format, Error> {
    if words.is_empty() {
        return Ok(format);
    }
    format.without_words(words)
}

impl CustomCodeOptions {
    /// The format that the options make of one of a prefix, a type and a length.
    fn shape(&self, asked: &Format) -> Result<Format, Error> {
        let format = match &self.pattern {
            Some(pattern) => Format::pattern(pattern, self.symbols(asked.alphabet()))?,
            None => self.as_issued(asked)?,
        };
        self.check
            .map_or(Ok(format.clone()), |check| format.check(check))
    }

    /// A format that a request asks for, in the symbols that alphanumeric codes have here.
    pub(crate) fn as_issued(&self, asked: &Format) -> Result<Format, Error> {
        let alphabet = self.symbols(asked.alphabet());
        Format::with_alphabet(asked.prefix(), alphabet, asked.length())
    }

    fn symbols(&self, asked: &Alphabet) -> Alphabet {
        match &self.alphabet {
            Some(alphabet) if *asked == Alphabet::alphanumeric() => alphabet.clone(),
            _ => asked.clone(),
        }
    }
}
