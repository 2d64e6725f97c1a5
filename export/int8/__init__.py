"""`studio quantize`: a published checkpoint's UNet in 8 bits where that pays, compared with fp32 first."""
