"""Of systems that make pictures of noise, and of those that measure them."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    # biggan
    "teach CIFAR-100's twenty superclasses instead of its classes": (
        "CIFAR-100のクラスの代わりに20の上位クラスを教える",
        "CIFAR-100의 클래스 대신 20개 상위 클래스를 가르침",
    ),
    "the generator's blocks have four times as many channels": (
        "生成器のブロックのチャンネル数はこの4倍",
        "생성자 블록의 채널 수는 이것의 4배",
    ),
    "likewise; of the heads, where projected": (
        "同上。投影識別器では出力部のチャンネル数",
        "위와 같음. 투영 판별자에서는 출력부의 채널 수",
    ),
    "length of the noise": ("ノイズの長さ", "노이즈의 길이"),
    "length of a class embedding that all blocks share; 0: none": (
        "全ブロックで共有するクラス埋め込みの長さ。0なら無し",
        "모든 블록이 함께 쓰는 클래스 임베딩의 길이. 0이면 없음",
    ),
    "give each block its own part of the noise": (
        "ブロックごとにノイズの別の部分を与える",
        "블록마다 노이즈의 다른 부분을 줌",
    ),
    "self-attention at 16 x 16": ("16 x 16での自己注意", "16 x 16에서의 자기 주의"),
    "discriminate in the feature space of EfficientNet-Lite0": (
        "EfficientNet-Lite0の特徴空間で識別する",
        "EfficientNet-Lite0의 특징 공간에서 판별",
    ),
    "side of the pictures it is shown": ("見せる画像の一辺", "보여 주는 그림의 한 변"),
    "discriminator steps a step, a batch each": (
        "1ステップあたりの識別器のステップ数(各1バッチ)",
        "한 스텝당 판별자 스텝 수 (각각 한 배치)",
    ),
    "rate of Adam (0, 0.999)": ("Adam (0, 0.999) の学習率", "Adam (0, 0.999)의 학습률"),
    "how weights are drawn": ("重みの初期化の方法", "가중치 초기화 방법"),
    "run folder, or name or folder of weights, of a narrower generator to begin with": (
        "始めに引き継ぐ、チャンネル数の少ない生成器の実行フォルダー、または重みの名前やフォルダー",
        "시작할 때 이어받을, 채널이 적은 생성자의 실행 폴더, 또는 가중치의 이름이나 폴더",
    ),
    "DiffAugment: shifts, brightness, contrast, cutout": (
        "DiffAugment:移動、明るさ、コントラスト、切り抜き",
        "DiffAugment: 이동, 밝기, 대비, 잘라내기",
    ),
    "weight of quantised features' commitment; 0: none": (
        "特徴量子化のコミットメント項の重み。0なら無し",
        "특징 양자화의 커밋먼트 항의 가중치. 0이면 없음",
    ),
    "mirror every other training picture by chance, left to right": (
        "学習画像を半分の確率で左右反転する",
        "학습 그림을 절반의 확률로 좌우 반전",
    ),
    "change brightness, contrast, saturation and hue of training pictures": (
        "学習画像の明るさ、コントラスト、彩度、色相を変える",
        "학습 그림의 밝기, 대비, 채도, 색조를 바꿈",
    ),
    "weight of an auxiliary classifier; 0: none": ("補助分類器の重み。0なら無し", "보조 분류기의 가중치. 0이면 없음"),
    "weight of LeCam's penalty": ("LeCamの罰則の重み", "LeCam 벌점의 가중치"),
    "weight of balanced consistency regularisation": (
        "均衡一貫性正則化の重み",
        "균형 일관성 정규화의 가중치",
    ),
    "weight of the generator's orthogonal regularisation": (
        "生成器の直交正則化の重み",
        "생성자 직교 정규화의 가중치",
    ),
    "samples per evaluation while training": ("学習中の評価に使う生成画像の数", "학습 중 평가에 쓰는 생성 그림 수"),
    # scattering
    "1: grey, 3: colour": ("1:白黒、3:カラー", "1: 흑백, 3: 컬러"),
    "J: coefficients are averaged over 2^J pixels": (
        "J:係数を2^Jピクセルで平均する",
        "J: 계수를 2^J픽셀에 걸쳐 평균",
    ),
    "L: angles of the wavelets": ("L:ウェーブレットの角度の数", "L: 웨이블릿 각도의 수"),
    "principal components that are kept": ("残す主成分の数", "남기는 주성분의 수"),
    "full: all coefficients in memory at once": (
        "full:全係数を一度にメモリーに置く",
        "full: 모든 계수를 한꺼번에 메모리에 둠",
    ),
    "pictures at a time, where incremental": (
        "incrementalで一度に扱う画像数",
        "incremental에서 한 번에 다루는 그림 수",
    ),
    "deviation of the noise in the first component; 0: SGM": (
        "第1成分のノイズの標準偏差。0ならSGM",
        "첫 성분 노이즈의 표준편차. 0이면 SGM",
    ),
    "of the decoder before its last convolution": (
        "デコーダーの最後の畳み込み前のチャンネル数",
        "디코더 마지막 합성곱 앞의 채널 수",
    ),
    "of the decoder, at most": ("デコーダーの最大チャンネル数", "디코더의 최대 채널 수"),
    "rate of Adam (0.9, 0.999); adversarial: (0.5, 0.99)": (
        "Adam (0.9, 0.999) の学習率。敵対的学習では (0.5, 0.99)",
        "Adam (0.9, 0.999)의 학습률. 적대적 학습에서는 (0.5, 0.99)",
    ),
    "of the mean absolute difference": ("平均絶対差の重み", "평균 절대차의 가중치"),
    "of the distance in VGG features": ("VGG特徴の距離の重み", "VGG 특징 거리의 가중치"),
    "of a projected discriminator; 0: there is none": (
        "投影識別器の損失の重み。0なら使わない",
        "투영 판별자 손실의 가중치. 0이면 없음",
    ),
    "of its mixed maps and heads": ("その混合マップと出力部のチャンネル数", "그 혼합 지도와 출력부의 채널 수"),
    "rate of its Adam (0, 0.99)": ("そのAdam (0, 0.99) の学習率", "그 Adam (0, 0.99)의 학습률"),
    "folder where codes are kept; STUDIO_HOME/codes by default": (
        "コードを置くフォルダー。既定はSTUDIO_HOME/codes",
        "코드를 두는 폴더. 기본값 STUDIO_HOME/codes",
    ),
    "pictures per evaluation while training": ("学習中の評価に使う画像の数", "학습 중 평가에 쓰는 그림 수"),
    # classifier
    "k, by which the channels 16, 32, 64 are multiplied": (
        "k:チャンネル数16、32、64に掛ける値",
        "k: 채널 수 16, 32, 64에 곱하는 값",
    ),
    "n, residual blocks in each of three groups": (
        "n:3グループそれぞれの残差ブロック数",
        "n: 세 그룹 각각의 잔차 블록 수",
    ),
    "rate of SGD with Nesterov momentum 0.9": (
        "ネステロフ慣性0.9のSGDの学習率",
        "네스테로프 모멘텀 0.9인 SGD의 학습률",
    ),
    "of all weights": ("全重みの減衰", "모든 가중치의 감쇠"),
    "of the labels (Szegedy et al., 2016)": (
        "ラベルの平滑化(Szegedyら、2016)",
        "레이블 평활화 (Szegedy 등, 2016)",
    ),
    "largest move of a training picture, as a share of its side": (
        "学習画像をずらす最大量(一辺に対する割合)",
        "학습 그림을 옮기는 최대량 (한 변에 대한 비율)",
    ),
    "side of the square that is hidden, as a share (Cutout)": (
        "隠す正方形の一辺の割合(Cutout)",
        "가리는 정사각형 한 변의 비율 (Cutout)",
    ),
    # lines
    "folder of line maps that prepare lines wrote of the same pictures": (
        "同じ画像から prepare lines が書いた線マップのフォルダー",
        "같은 그림에서 prepare lines가 쓴 선 지도 폴더",
    ),
    "side of the windows of pictures of 256 pixels": (
        "256ピクセルの画像から切り出す窓の一辺",
        "256픽셀 그림에서 잘라내는 창의 한 변",
    ),
    "channels at half resolution": ("半分の解像度でのチャンネル数", "절반 해상도의 채널 수"),
    "halvings": ("半分にする回数", "반으로 줄이는 횟수"),
    "rate of AdamW": ("AdamWの学習率", "AdamW의 학습률"),
    # stylemini
    "side of the training pictures, pixels": ("学習画像の一辺(ピクセル)", "학습 그림의 한 변 (픽셀)"),
    "side of the parts that are learned, pixels; 0: all": (
        "学習に使う部分の一辺(ピクセル)、0で全体",
        "학습에 쓰는 부분의 한 변 (픽셀), 0이면 전체",
    ),
    "run folder, or name or folder of weights, whose decoder learns on, alone": (
        "デコーダーだけを続けて学習させる、実行フォルダーまたは重みの名前やフォルダー",
        "디코더만 이어서 학습할 실행 폴더, 또는 가중치의 이름이나 폴더",
    ),
    "weights, or folder of an export, on whose drawings decoder_of's decoder learns as well": (
        "decoder_of のデコーダーが、その描いた絵でも学ぶ拡散モデルの重み、または書き出しのフォルダー",
        "decoder_of의 디코더가 그 그림으로도 배우는 확산 모델의 가중치, 또는 내보내기 폴더",
    ),
    "share of pictures whose latents restyled_by draws": (
        "restyled_by が潜在表現を描く画像の割合",
        "restyled_by가 잠재 표현을 그리는 그림의 비율",
    ),
    "likewise of means over 8 x 8 pixels: hues that are rare count too": (
        "8×8画素の平均についても同じ。まれな色合いも数える",
        "8×8 픽셀 평균에도 같은 값. 드문 색조도 셈에 넣음",
    ),
    "of what latents do not tell linearly of each square's mean colour": (
        "潜在表現が各区画の平均色について線形に伝えないものの重み",
        "잠재 표현이 각 칸의 평균 색에 대해 선형으로 알려 주지 않는 것의 가중치",
    ),
    "share of training pictures whose red, green, blue change places": (
        "赤・緑・青を入れ替える学習画像の割合",
        "빨강, 초록, 파랑을 맞바꾸는 학습 그림의 비율",
    ),
    "how many parts of each picture": ("各画像から取る部分の数", "그림마다 쓰는 부분의 수"),
    "share of training pictures that are drawn in a style first": (
        "先に画風を付ける学習画像の割合",
        "먼저 화풍을 입히는 학습 그림의 비율",
    ),
    "of the latents, an eighth as large each way": (
        "潜在表現のチャンネル数(縦横は8分の1)",
        "잠재 표현의 채널 수 (가로세로는 8분의 1)",
    ),
    "at full size; twice as many after each halving": (
        "元の解像度で。半分になるたびに2倍",
        "원래 해상도에서. 반으로 줄 때마다 두 배",
    ),
    "residual blocks at each size": ("各解像度の残差ブロック数", "각 해상도의 잔차 블록 수"),
    "rate of Adam (0.9, 0.99)": ("Adam (0.9, 0.99) の学習率", "Adam (0.9, 0.99)의 학습률"),
    "of the divergence of latents from N(0, I), a mean over numbers": (
        "潜在表現のN(0, I)からのダイバージェンス(要素平均)の重み",
        "잠재 표현의 N(0, I) 발산 (원소 평균)의 가중치",
    ),
    "of a discriminator; 0: there is none": (
        "識別器の損失の重み。0なら使わない",
        "판별자 손실의 가중치. 0이면 없음",
    ),
    "of patches, or of VGG features": (
        "パッチの識別器か、VGG特徴の識別器か",
        "패치의 판별자인지 VGG 특징의 판별자인지",
    ),
    "of pictures whose VGG features are compared": (
        "VGG特徴を比べる画像の縮小率",
        "VGG 특징을 비교할 그림의 축소 비율",
    ),
    "of the distance of drawings' textures, VGG Gram matrices": (
        "画風をつけた画像の質感(VGG特徴のグラム行列)の距離の重み",
        "화풍을 입힌 그림의 질감(VGG 특징의 그람 행렬) 거리의 가중치",
    ),
    "step at which the discriminator begins": ("識別器を使い始めるステップ", "판별자를 쓰기 시작하는 스텝"),
    "of its first layer, or of its heads": ("その最初の層、またはヘッドのチャンネル数", "그 첫 층 또는 헤드의 채널 수"),
    "rate of its Adam (0.5, 0.9)": ("そのAdam (0.5, 0.9) の学習率", "그 Adam (0.5, 0.9)의 학습률"),
}
