//! Whether a workspace has anything that another has not.

use prost::Message;

use super::{Workspace, image::Image};
use crate::protocol::messages::{OpenCatalogFile, RegionInfo};

impl Workspace {
    /// Whether all files and regions of this one are in another too, under whatever ids.
    /// How they are shown is not compared.
    pub(crate) fn is_subset_of(&self, whole: &Self) -> bool {
        let mut contents = whole.contents();
        contents.sort_unstable();
        self.calculations.is_empty()
            && self.contents().iter().all(|each| contents.binary_search(each).is_ok())
    }

    /// Each file and region, in bytes that say which one it is.
    fn contents(&self) -> Vec<Vec<u8>> {
        let images = self.images.values().map(|image| which("image", image, &[]));
        let regions = self.regions.iter().filter_map(|region| {
            // In one form: what is left at its default may be written or not.
            let info = RegionInfo::decode(region.info).ok()?.encode_to_vec();
            Some(which("region", self.images.get(&region.owner)?, &info))
        });
        let catalogs = self.catalogs.values().filter_map(|open| {
            let OpenCatalogFile { directory, name, .. } =
                OpenCatalogFile::decode(open.clone()).ok()?;
            Some(["catalog", &directory, &name].join("\0").into_bytes())
        });
        images.chain(regions).chain(catalogs).collect()
    }
}

fn which(kind: &str, image: &Image, info: &[u8]) -> Vec<u8> {
    let Image { directory, file, hdu, stokes_files, .. } = image;
    // Several files that are joined have one name.
    let joined = stokes_files.concat();
    let name = [directory.as_bytes(), file.as_bytes(), hdu.as_bytes(), &joined].join(&0);
    [kind.as_bytes(), &name, info].join(&0)
}
