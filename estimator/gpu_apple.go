package estimator

// metalLimit is the share of unified memory that macOS lets the GPU wire by
// default, given gigabytes: two thirds below 36, three quarters from there on
// (recommendedMaxWorkingSetSize; iogpu.wired_limit_mb raises it).
func metalLimit(gigabytes Bytes) Bytes {
	if gigabytes < 36 {
		return gigabytes * GiB * 2 / 3
	}
	return gigabytes * GiB * 3 / 4
}

// appleChips share their memory with the system.
var appleChips = []gpuRow{
	{"m1-8g", "Apple", 8 * GiB, metalLimit(8), false, ""},
	{"m1-16g", "Apple", 16 * GiB, metalLimit(16), false, " m1 "},
	{"m1-pro-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m1-pro-32g", "Apple", 32 * GiB, metalLimit(32), false, " m1-pro "},
	{"m1-max-32g", "Apple", 32 * GiB, metalLimit(32), false, ""},
	{"m1-max-64g", "Apple", 64 * GiB, metalLimit(64), false, " m1-max "},
	{"m1-ultra-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"m1-ultra-128g", "Apple", 128 * GiB, metalLimit(128), false, " m1-ultra "},
	{"m2-8g", "Apple", 8 * GiB, metalLimit(8), false, ""},
	{"m2-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m2-24g", "Apple", 24 * GiB, metalLimit(24), false, " m2 "},
	{"m2-pro-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m2-pro-32g", "Apple", 32 * GiB, metalLimit(32), false, " m2-pro "},
	{"m2-max-32g", "Apple", 32 * GiB, metalLimit(32), false, ""},
	{"m2-max-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"m2-max-96g", "Apple", 96 * GiB, metalLimit(96), false, " m2-max "},
	{"m2-ultra-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"m2-ultra-128g", "Apple", 128 * GiB, metalLimit(128), false, ""},
	{"m2-ultra-192g", "Apple", 192 * GiB, metalLimit(192), false, " m2-ultra "},
	{"m3-8g", "Apple", 8 * GiB, metalLimit(8), false, ""},
	{"m3-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m3-24g", "Apple", 24 * GiB, metalLimit(24), false, " m3 "},
	{"m3-pro-18g", "Apple", 18 * GiB, metalLimit(18), false, ""},
	{"m3-pro-36g", "Apple", 36 * GiB, metalLimit(36), false, " m3-pro "},
	{"m3-max-36g", "Apple", 36 * GiB, metalLimit(36), false, ""},
	{"m3-max-48g", "Apple", 48 * GiB, metalLimit(48), false, ""},
	{"m3-max-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"m3-max-128g", "Apple", 128 * GiB, metalLimit(128), false, " m3-max "},
	{"m3-ultra-96g", "Apple", 96 * GiB, metalLimit(96), false, ""},
	{"m3-ultra-256g", "Apple", 256 * GiB, metalLimit(256), false, ""},
	{"m3-ultra-512g", "Apple", 512 * GiB, metalLimit(512), false, " m3-ultra "},
	{"m4-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m4-24g", "Apple", 24 * GiB, metalLimit(24), false, ""},
	{"m4-32g", "Apple", 32 * GiB, metalLimit(32), false, " m4 "},
	{"m4-pro-24g", "Apple", 24 * GiB, metalLimit(24), false, ""},
	{"m4-pro-48g", "Apple", 48 * GiB, metalLimit(48), false, ""},
	{"m4-pro-64g", "Apple", 64 * GiB, metalLimit(64), false, " m4-pro "},
	{"m4-max-36g", "Apple", 36 * GiB, metalLimit(36), false, ""},
	{"m4-max-48g", "Apple", 48 * GiB, metalLimit(48), false, ""},
	{"m4-max-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"m4-max-128g", "Apple", 128 * GiB, metalLimit(128), false, " m4-max "},
	{"m5-16g", "Apple", 16 * GiB, metalLimit(16), false, ""},
	{"m5-24g", "Apple", 24 * GiB, metalLimit(24), false, ""},
	{"m5-32g", "Apple", 32 * GiB, metalLimit(32), false, " m5 "},
	// A Mac of which only the memory is known.
	{"mac-8g", "Apple", 8 * GiB, metalLimit(8), false, ""},
	{"mac-16g", "Apple", 16 * GiB, metalLimit(16), false, " mac "},
	{"mac-18g", "Apple", 18 * GiB, metalLimit(18), false, ""},
	{"mac-24g", "Apple", 24 * GiB, metalLimit(24), false, ""},
	{"mac-32g", "Apple", 32 * GiB, metalLimit(32), false, ""},
	{"mac-36g", "Apple", 36 * GiB, metalLimit(36), false, ""},
	{"mac-48g", "Apple", 48 * GiB, metalLimit(48), false, ""},
	{"mac-64g", "Apple", 64 * GiB, metalLimit(64), false, ""},
	{"mac-96g", "Apple", 96 * GiB, metalLimit(96), false, ""},
	{"mac-128g", "Apple", 128 * GiB, metalLimit(128), false, ""},
	{"mac-192g", "Apple", 192 * GiB, metalLimit(192), false, ""},
	{"mac-256g", "Apple", 256 * GiB, metalLimit(256), false, ""},
	{"mac-512g", "Apple", 512 * GiB, metalLimit(512), false, ""},
}
