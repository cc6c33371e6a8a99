# SPDX-License-Identifier: Apache-2.0
# Reads lines "package TAB version TAB architecture TAB source TAB licence" of what an image holds; prints its SPDX 2.3
# document. Variables: image (its program), version and revision of the platform, created (RFC 3339), os (id-version).
BEGIN {
    FS = "\t"
    print "{"
    print "  \"spdxVersion\": \"SPDX-2.3\","
    print "  \"dataLicense\": \"CC0-1.0\","
    print "  \"SPDXID\": \"SPDXRef-DOCUMENT\","
    printf "  \"name\": \"%s-%s\",\n", image, version
    printf "  \"documentNamespace\": \"urn:social-features-platform:%s:%s:%s\",\n", image, version, revision
    printf "  \"creationInfo\": {\"created\": \"%s\", \"creators\": [\"Tool: images/sbom.awk\"]},\n", created
    print "  \"documentDescribes\": [\"SPDXRef-program\"],"
    print "  \"packages\": ["
    printf "    {\"SPDXID\": \"SPDXRef-program\", \"name\": \"%s\", \"versionInfo\": \"%s\", \"downloadLocation\": \"NOASSERTION\", " \
        "\"filesAnalyzed\": false, \"licenseConcluded\": \"Apache-2.0\", \"licenseDeclared\": \"Apache-2.0\", \"copyrightText\": \"NOASSERTION\"}",
        image, version
}

function remember_references(licence,    rest) {
    for (rest = licence; match(rest, /LicenseRef-[A-Za-z0-9.-]+/); rest = substr(rest, RSTART + RLENGTH))
        references[substr(rest, RSTART, RLENGTH)] = references[substr(rest, RSTART, RLENGTH)] " /usr/share/doc/" $1 "/copyright"
}

{
    licence = $5 == "" ? "NOASSERTION" : $5
    remember_references(licence)
    id = $1
    gsub(/[^A-Za-z0-9.-]/, "-", id)
    printf ",\n    {\"SPDXID\": \"SPDXRef-%s\", \"name\": \"%s\", \"versionInfo\": \"%s\", \"downloadLocation\": \"NOASSERTION\", " \
        "\"filesAnalyzed\": false, \"licenseConcluded\": \"NOASSERTION\", \"licenseDeclared\": \"%s\", \"copyrightText\": \"NOASSERTION\", " \
        "\"sourceInfo\": \"built from %s\", \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", " \
        "\"referenceLocator\": \"pkg:deb/debian/%s@%s?arch=%s%s\"}]}",
        id, $1, $2, licence, $4, $1, purl($2), $3, ($4 ~ /linked statically/ ? "" : "&distro=" os)
    relations = relations ",\n    {\"spdxElementId\": \"SPDXRef-program\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"SPDXRef-" id "\"}"
}

function purl(text) { gsub(/\+/, "%2B", text); gsub(/:/, "%3A", text); gsub(/~/, "%7E", text); return text }

END {
    print "\n  ],"
    print "  \"relationships\": ["
    printf "    {\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", \"relatedSpdxElement\": \"SPDXRef-program\"}%s\n  ],\n", relations
    printf "  \"hasExtractedLicensingInfos\": ["
    for (name in references)
        printf "%s\n    {\"licenseId\": \"%s\", \"extractedText\": \"As it stands in%s\"}", (n++ ? "," : ""), name, references[name]
    print (n ? "\n  ]" : "]")
    print "}"
}
