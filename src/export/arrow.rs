//! Coupons, and the codes of keyed campaigns, as columns of Apache Arrow: for Parquet files, `DataFusion`, Polars, and
//! whatever else reads them.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use jiff::Timestamp;

#[cfg(feature = "keyed")]
use crate::keyed::stream::CodeChunk;
use crate::{
    batch::Batch,
    code::format::{SINGLE_USE_LENGTH, WIDGET_LENGTH},
    link::Link,
    random::column::TextColumn,
    request::Status,
};

const UTC: &str = "UTC";

impl Batch {
    /// The coupons as columns of Arrow, named and ordered as the fields of the envelope.
    ///
    /// All batches have the same columns, so that one file takes those of any request. `Debug` of a `RecordBatch`
    /// shows the codes.
    ///
    /// | column | type | null |
    /// |---|---|---|
    /// | `single_use_code` | `Utf8` | never |
    /// | `sequence_id` | `UInt64` | never |
    /// | `single_use_url` | `Utf8` | never |
    /// | `widget_validation_code` | `Utf8` | never |
    /// | `custom_validation_code` | `Utf8` | if the request asked for none |
    /// | `expirydate` | `Timestamp(Microsecond, "UTC")` | unless the coupons are activated |
    /// | `create_date` | `Timestamp(Microsecond, "UTC")` | never |
    /// | `voided` | `Boolean` | never |
    ///
    /// ```
    /// # use couponmint::{Campaign, CodeType, Engine, Format, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use couponmint::arrow_array::{RecordBatch, cast::AsArray};
    ///
    /// let format = Format::new("test_", CodeType::Alphanumeric, 10)?;
    /// let request = Request::new("cam_15111")?.amount(5_000)?.custom_codes(format);
    /// let batch = engine.generate(&request)?;
    ///
    /// let columns: RecordBatch = batch.to_arrow();
    /// assert_eq!(columns.num_rows(), 5_000);
    /// let codes = columns.column_by_name("custom_validation_code").unwrap().as_string::<i32>();
    /// assert!(codes.iter().eq(batch.custom_validation_codes().map(Some)));
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the addresses of all coupons are more than 2 GiB, which takes one of 21,000 characters: a column of Arrow
    /// has no more.
    #[must_use]
    pub fn to_arrow(&self) -> RecordBatch {
        let single_use = self.single_use.flat();
        let rows = self.len();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(texts(single_use.clone(), SINGLE_USE_LENGTH)),
            Arc::new(self.sequence_ids().collect::<UInt64Array>()),
            Arc::new(addresses(&self.link, &single_use)),
            Arc::new(widgets(&single_use)),
            Arc::new(self.custom.as_ref().map_or_else(
                || StringArray::new_null(rows),
                |custom| column(&custom.text),
            )),
            Arc::new(dates(self.expiry_date, rows)),
            Arc::new(dates(Some(self.create_date), rows)),
            Arc::new(BooleanArray::from(vec![
                self.status == Status::Voided;
                rows
            ])),
        ];
        RecordBatch::try_new(Self::arrow_schema(), columns)
            .expect("all columns have as many rows, and the types of the schema")
    }

    /// The columns of [`to_arrow`](Self::to_arrow), the same for all batches: a file of them can be begun before the
    /// first one is there.
    ///
    /// ```
    /// # use couponmint::{Campaign, Engine, Request};
    /// # let engine = Engine::new();
    /// # assert!(engine.add_campaign(Campaign::new("cam_15111")?));
    /// use couponmint::Batch;
    ///
    /// let schema = Batch::arrow_schema();
    /// assert_eq!(schema.field(0).name(), "single_use_code");
    /// let batch = engine.generate(&Request::new("cam_15111")?)?;
    /// assert_eq!(batch.to_arrow().schema(), schema);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    pub fn arrow_schema() -> SchemaRef {
        let date = || DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()));
        Arc::new(Schema::new(vec![
            Field::new("single_use_code", DataType::Utf8, false),
            Field::new("sequence_id", DataType::UInt64, false),
            Field::new("single_use_url", DataType::Utf8, false),
            Field::new("widget_validation_code", DataType::Utf8, false),
            Field::new("custom_validation_code", DataType::Utf8, true),
            Field::new("expirydate", date(), true),
            Field::new("create_date", date(), false),
            Field::new("voided", DataType::Boolean, false),
        ]))
    }
}

#[cfg(feature = "keyed")]
impl CodeChunk {
    /// The codes and their serials as Arrow columns: `serial` of type `UInt64` and `custom_validation_code` of type
    /// `Utf8`, neither of them ever null. `Debug` of a `RecordBatch` shows the codes.
    ///
    /// ```
    /// use couponmint::{Campaign, CodeChunk, CodeType, Engine, Format, Key, arrow_array::RecordBatch};
    ///
    /// let engine = Engine::new();
    /// let format = Format::new("A-", CodeType::Numeric, 10)?;
    /// assert!(engine.add_campaign(Campaign::keyed("cam_15111", Key::generate(), [format.clone()])?));
    ///
    /// let chunks = engine.codes("cam_15111", &format, 0..100_000)?.into_chunks();
    /// let mut rows = 0;
    /// for chunk in chunks {
    ///     let columns: RecordBatch = chunk.to_arrow(); // into a Parquet file, say
    ///     rows += columns.num_rows();
    /// }
    /// assert_eq!(rows, 100_000);
    /// # Ok::<(), couponmint::Error>(())
    /// ```
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "the columns fit the schema")]
    pub fn to_arrow(&self) -> RecordBatch {
        let (first, rows) = (self.first_serial(), self.len());
        let serials = (first..).take(rows).collect::<UInt64Array>();
        let width = self.text().len() / rows;
        let codes = texts(self.text().as_bytes().to_vec(), width);
        RecordBatch::try_new(
            Self::arrow_schema(),
            vec![Arc::new(serials), Arc::new(codes)],
        )
        .expect("both columns have as many rows, and the types of the schema")
    }

    /// The columns of [`to_arrow`](Self::to_arrow), the same for all formats.
    ///
    /// ```
    /// use couponmint::CodeChunk;
    ///
    /// let schema = CodeChunk::arrow_schema();
    /// assert_eq!(schema.field(1).name(), "custom_validation_code");
    /// ```
    #[must_use]
    pub fn arrow_schema() -> SchemaRef {
        Arc::new(Schema::new(vec![
            Field::new("serial", DataType::UInt64, false),
            Field::new("custom_validation_code", DataType::Utf8, false),
        ]))
    }
}

/// Texts of one width, which lie one after the other.
fn texts(flat: Vec<u8>, width: usize) -> StringArray {
    let offsets = OffsetBuffer::from_repeated_length(width, flat.len() / width);
    StringArray::new(offsets, Buffer::from(flat), None)
}

fn column(codes: &TextColumn) -> StringArray {
    texts(codes.flat(), codes.width())
}

fn widgets(single_use: &[u8]) -> StringArray {
    let codes = single_use.chunks_exact(SINGLE_USE_LENGTH);
    let flat = codes.flat_map(|code| &code[..WIDGET_LENGTH]);
    texts(flat.copied().collect(), WIDGET_LENGTH)
}

fn addresses(Link { before, after }: &Link, single_use: &[u8]) -> StringArray {
    let width = before.len() + SINGLE_USE_LENGTH + after.len();
    let mut flat = Vec::with_capacity(single_use.len() / SINGLE_USE_LENGTH * width);
    for code in single_use.chunks_exact(SINGLE_USE_LENGTH) {
        flat.extend_from_slice(before.as_bytes());
        flat.extend_from_slice(code);
        flat.extend_from_slice(after.as_bytes());
    }
    texts(flat, width)
}

fn dates(date: Option<Timestamp>, rows: usize) -> TimestampMicrosecondArray {
    let dates = date.map_or_else(
        || TimestampMicrosecondArray::new_null(rows),
        |date| TimestampMicrosecondArray::from_value(date.as_microsecond(), rows),
    );
    dates.with_timezone(UTC)
}
