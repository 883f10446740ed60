"""Terms of NIDM-Results 1.3, number by name: nidm/nidm-results/terms/releases/prefixes_130.csv of
github.com/incf-nidash/nidm-specs at 20b36284 (deprecated terms are not in it)."""

NIDM = "http://purl.org/nidash/nidm#NIDM_"
OBO = "http://purl.obolibrary.org/obo/"
NLX = "http://uri.neuinfo.org/nif/nifstd/"
SPM = "http://purl.org/nidash/spm#SPM_"

TERMS = {f"nidm_{name}": f"{NIDM}{int(number):07}" for number, name in (line.split() for line in """
1 ContrastEstimation
2 ContrastMap
4 BinaryMap
7 ClusterDefinitionCriteria
8 ClusterLabelsMap
12 ConnectivityCriterion
13 ContrastStandardErrorMap
15 Coordinate
16 CoordinateSpace
17 CustomCoordinateSystem
19 DesignMatrix
20 DisplayMaskMap
21 regressorNames
23 ErrorModel
24 ExchangeableError
25 ExcursionSetMap
26 ExtentThreshold
27 NIDMResults
33 GrandMeanMap
34 HeightThreshold
48 IndependentError
49 Inference
51 MNICoordinateSystem
52 Map
54 MaskMap
56 ModelParameterEstimation
59 NonParametricSymmetricDistribution
60 OneTailedTest
61 ParameterEstimateMap
62 Peak
63 PeakDefinitionCriteria
66 ResidualMeanSquaresMap
68 SearchSpaceMaskMap
70 SupraThresholdCluster
72 ConstantParameter
73 IndependentParameter
74 RegularizedParameter
75 StandardizedCoordinateSystem
76 StatisticMap
77 SubjectCoordinateSystem
78 TalairachCoordinateSystem
79 TwoTailedTest
82 clusterLabelId
84 clusterSizeInVoxels
85 contrastName
86 coordinateVector
89 dependenceMapWiseDependence
90 dimensionsInVoxels
91 effectDegreesOfFreedom
92 equivalentZStatistic
93 errorDegreesOfFreedom
94 errorVarianceHomogeneous
96 grandMeanScaling
97 hasAlternativeHypothesis
98 hasClusterLabelsMap
99 hasConnectivityCriterion
100 hasErrorDependence
101 hasErrorDistribution
104 inCoordinateSpace
105 inWorldCoordinateSystem
106 isUserDefined
107 maskedMedian
108 maxNumberOfPeaksPerCluster
109 minDistanceBetweenPeaks
111 numberOfSupraThresholdClusters
112 numberOfDimensions
114 pValue
115 pValueFWER
116 pValueUncorrected
119 qValueFDR
120 randomFieldStationarity
121 searchVolumeInVoxels
122 softwareVersion
123 statisticType
124 targetIntensity
126 varianceMapWiseDependence
127 version
128 voxel18connected
129 voxel26connected
130 voxel6connected
131 voxelSize
132 voxelToWorldMapping
133 voxelUnits
134 withEstimationMethod
135 ContrastVarianceMap
136 searchVolumeInUnits
139 coordinateVectorInVoxels
140 ClusterCenterOfGravity
146 heightCriticalThresholdFDR05
147 heightCriticalThresholdFWE05
148 reselSizeInVoxels
149 searchVolumeInResels
157 noiseFWHMInUnits
159 noiseFWHMInVoxels
160 PValueUncorrected
161 equivalentThreshold
162 Threshold
164 NeuroimagingAnalysisSoftware
165 NIDMResultsExporter
166 NIDMResultsExport
169 Data
170 groupName
171 numberOfSubjects
""".split("\n") if line)}
TERMS.update({
    "spm_smallestSignificantClusterSizeInVoxelsFWE05": SPM + "0000014",
    "obo_FWERadjustedpvalue": OBO + "OBI_0001265",
    "obo_statistic": OBO + "STATO_0000039",
    "obo_tstatistic": OBO + "STATO_0000176",
    "obo_studygrouppopulation": OBO + "STATO_0000193",
    "obo_probabilitydistribution": OBO + "STATO_0000225",
    "obo_contrastweightmatrix": OBO + "STATO_0000323",
    "obo_ordinaryleastsquaresestimation": OBO + "STATO_0000370",
    "obo_Zstatistic": OBO + "STATO_0000376",
    "nlx_Imaginginstrument": NLX + "birnlex_2094",
    "nlx_Magneticresonanceimagingscanner": NLX + "birnlex_2100",
    "nlx_Positronemissiontomographyscanner": NLX + "ixl_0050000",
    "nlx_Singlephotonemissioncomputedtomographyscanner": NLX + "ixl_0050001",
    "nlx_Magnetoencephalographymachine": NLX + "ixl_0050002",
    "nlx_Electroencephalographymachine": NLX + "ixl_0050003",
})
