import { fold } from "./fold.ts";

/** ISO 3166-1 alpha-3 codes, each followed by its alpha-2 code. */
const ISO3 =
  "AFGAF ALAAX ALBAL DZADZ ASMAS ANDAD AGOAO AIAAI ATAAQ ATGAG ARGAR ARMAM ABWAW AUSAU AUTAT AZEAZ BHSBS BHRBH BGDBD BRBBB BLRBY BELBE BLZBZ BENBJ BMUBM BTNBT BOLBO BESBQ BIHBA BWABW BRABR IOTIO BRNBN BGRBG BFABF BDIBI CPVCV KHMKH CMRCM CANCA CYMKY CAFCF TCDTD CHLCL CHNCN CXRCX CCKCC COLCO COMKM COGCG CODCD COKCK CRICR CIVCI HRVHR CUBCU CUWCW CYPCY CZECZ DNKDK DJIDJ DMADM DOMDO ECUEC EGYEG SLVSV GNQGQ ERIER ESTEE SWZSZ ETHET FLKFK FROFO FJIFJ FINFI FRAFR GUFGF PYFPF GABGA GMBGM GEOGE DEUDE GHAGH GIBGI GRCGR GRLGL GRDGD GLPGP GUMGU GTMGT GGYGG GINGN GNBGW GUYGY HTIHT VATVA HNDHN HKGHK HUNHU ISLIS INDIN IDNID IRNIR IRQIQ IRLIE IMNIM ISRIL ITAIT JAMJM JPNJP JEYJE JORJO KAZKZ KENKE KIRKI PRKKP KORKR KWTKW KGZKG LAOLA LVALV LBNLB LSOLS LBRLR LBYLY LIELI LTULT LUXLU MACMO MDGMG MWIMW MYSMY MDVMV MLIML MLTMT MHLMH MTQMQ MRTMR MUSMU MYTYT MEXMX FSMFM MDAMD MCOMC MNGMN MNEME MSRMS MARMA MOZMZ MMRMM NAMNA NRUNR NPLNP NLDNL NCLNC NZLNZ NICNI NERNE NGANG NIUNU NFKNF MKDMK MNPMP NORNO OMNOM PAKPK PLWPW PSEPS PANPA PNGPG PRYPY PERPE PHLPH PCNPN POLPL PRTPT PRIPR QATQA REURE ROURO RUSRU RWARW BLMBL SHNSH KNAKN LCALC MAFMF SPMPM VCTVC WSMWS SMRSM STPST SAUSA SENSN SRBRS SYCSC SLESL SGPSG SXMSX SVKSK SVNSI SLBSB SOMSO ZAFZA SSDSS ESPES LKALK SDNSD SURSR SJMSJ SWESE CHECH SYRSY TWNTW TJKTJ TZATZ THATH TLSTL TGOTG TKLTK TONTO TTOTT TUNTN TURTR TKMTM TCATC TUVTV UGAUG UKRUA AREAE GBRGB USAUS UMIUM URYUY UZBUZ VUTVU VENVE VNMVN VGBVG VIRVI WLFWF ESHEH YEMYE ZMBZM ZWEZW";

/** What people write instead of the name in the list. */
const ALIASES: Readonly<Record<string, string>> = {
  uk: "GB",
  "great britain": "GB",
  britain: "GB",
  england: "GB",
  scotland: "GB",
  wales: "GB",
  "northern ireland": "GB",
  america: "US",
  "united states of america": "US",
  uae: "AE",
  emirates: "AE",
  korea: "KR",
  "south korea": "KR",
  "north korea": "KP",
  "czech republic": "CZ",
  turkey: "TR",
  turkiye: "TR",
  "ivory coast": "CI",
  holland: "NL",
  "the netherlands": "NL",
  burma: "MM",
  myanmar: "MM",
  "hong kong": "HK",
  macau: "MO",
  macao: "MO",
  palestine: "PS",
  bosnia: "BA",
  "cape verde": "CV",
  swaziland: "SZ",
  "east timor": "TL",
  macedonia: "MK",
  "dr congo": "CD",
  drc: "CD",
  congo: "CG",
  vatican: "VA",
  "the gambia": "GM",
  "the bahamas": "BS",
};

const NAMES = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
let codesByName: Map<string, string> | undefined;

function buildCodes(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const pair of ISO3.split(" ")) {
    const code = pair.slice(3);
    codes.set(code.toLowerCase(), code).set(pair.slice(0, 3).toLowerCase(), code);
    const name = NAMES.of(code);
    if (name) codes.set(fold(name), code).set(fold(name.replaceAll("&", "and")), code);
  }
  for (const [alias, code] of Object.entries(ALIASES)) codes.set(alias, code);
  return codes;
}

/** ISO 3166-1 alpha-2 code for a country's English name, alias, two- or three-letter code; undefined when it is none. */
export function countryCodeOf(text: string): string | undefined {
  codesByName ??= buildCodes();
  return codesByName.get(fold(text));
}

/** English name of a country code; the code itself when there is none. */
export function countryName(code: string): string {
  return NAMES.of(code) ?? code;
}
