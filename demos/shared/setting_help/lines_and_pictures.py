"""Of the settings that every training has, and of systems that make a picture of another."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    # of every system
    "folder:PATH, zip:PATH, pairs:PATH, hub:ID, cifar100, … or synthetic": (
        "folder:PATH、zip:PATH、pairs:PATH、hub:ID、cifar100など、または synthetic",
        "folder:PATH, zip:PATH, pairs:PATH, hub:ID, cifar100 등, 또는 synthetic",
    ),
    "seed of weights, order and augmentation": (
        "重み、順序、データ拡張の乱数シード",
        "가중치, 순서, 데이터 증강의 난수 시드",
    ),
    "optimisation steps in all": ("最適化の総ステップ数", "최적화의 총 스텝 수"),
    "pictures a step, over all processes together": (
        "1ステップの画像数(全プロセス合計)",
        "한 스텝의 그림 수 (모든 프로세스 합계)",
    ),
    "batches whose gradients are summed before a step": (
        "1ステップの前に勾配を合計するバッチ数",
        "한 스텝 전에 기울기를 더하는 배치 수",
    ),
    "auto, cpu, cuda, cuda:1 or mps": (
        "auto、cpu、cuda、cuda:1、mps のいずれか",
        "auto, cpu, cuda, cuda:1, mps 중 하나",
    ),
    "number format; auto: bf16 where it pays": (
        "数値形式。auto:得になる所では bf16",
        "숫자 형식. auto: 이득이 있으면 bf16",
    ),
    "linear: constant for half, then to zero": (
        "linear:前半は一定、後半は0まで下げる",
        "linear: 앞 절반은 일정, 그 뒤 0까지 감소",
    ),
    "decay of the weights' moving average": ("重みの移動平均の減衰率", "가중치 이동 평균의 감쇠율"),
    "processes that load data": ("データを読み込むプロセス数", "데이터를 읽는 프로세스 수"),
    "run folder, or name or folder of weights, to start with": (
        "初期値にする実行フォルダー、または重みの名前やフォルダー",
        "시작할 실행 폴더, 또는 가중치의 이름이나 폴더",
    ),
    "steps between lines of metrics": ("指標を記録する間隔(ステップ)", "지표를 기록하는 간격 (스텝)"),
    "steps between preview sheets": ("見本を作る間隔(ステップ)", "미리보기를 만드는 간격 (스텝)"),
    "steps between evaluations": ("評価の間隔(ステップ)", "평가 간격 (스텝)"),
    "steps between checkpoints": ("チェックポイントの間隔(ステップ)", "체크포인트 간격 (스텝)"),
    "how many last checkpoints stay": ("残す最新チェックポイントの数", "남겨 둘 최근 체크포인트 수"),
    "steps between exports that stay": ("残すエクスポートの間隔(ステップ)", "남겨 둘 내보내기의 간격 (스텝)"),
    "metric by which the best checkpoint is kept; lower is better": (
        "最良のチェックポイントを選ぶ指標。小さいほど良い",
        "가장 좋은 체크포인트를 고르는 지표. 작을수록 좋음",
    ),
    "where metrics are sent as well": ("指標をほかに送る先", "지표를 함께 보낼 곳"),
    "side of the pictures, pixels": ("画像の一辺(ピクセル)", "그림 한 변 (픽셀)"),
    "held-out pictures per evaluation while training": (
        "学習中の評価に使う検証画像の数",
        "학습 중 평가에 쓰는 검증 그림 수",
    ),
    "rate of both networks": ("両ネットワークの学習率", "두 네트워크의 학습률"),
    "weight of the L1 distance": ("L1距離の重み", "L1 거리의 가중치"),
    "likewise": ("同上", "위와 같음"),
    # chimera
    "generator's channels by level": ("生成器の段ごとのチャンネル数", "생성자의 단계별 채널 수"),
    "generator's channels at full resolution": ("生成器の最大解像度でのチャンネル数", "생성자의 최대 해상도 채널 수"),
    "length of a style code": ("スタイルコードの長さ", "스타일 코드의 길이"),
    "encoder's channels after its first convolution": (
        "エンコーダーの最初の畳み込み後のチャンネル数",
        "인코더 첫 합성곱 뒤의 채널 수",
    ),
    "pair discriminator's channels, first layer": (
        "ペア識別器の第1層のチャンネル数",
        "쌍 판별자 첫 층의 채널 수",
    ),
    "rate of generator and encoder": ("生成器とエンコーダーの学習率", "생성자와 인코더의 학습률"),
    "rate of the discriminators": ("識別器の学習率", "판별자의 학습률"),
    ".npz of lines without pictures": ("画像のない線画の .npz", "그림이 없는 선화의 .npz"),
    "drawings in a batch for each pair": ("ペア1組につきバッチに入れる線画の数", "쌍 하나마다 배치에 넣는 선화 수"),
    "file of keys, one a line: held out, and alone evaluated": (
        "1行に1キーのファイル。学習に使わず、評価はこれだけで行う",
        "한 줄에 키 하나인 파일. 학습에서 빼고 평가는 이것으로만",
    ),
    "steps in which the discriminators alone learn": ("識別器だけが学ぶステップ数", "판별자만 학습하는 스텝 수"),
    "weight of the projected discriminator's loss": ("投影識別器の損失の重み", "투영 판별자 손실의 가중치"),
    "weight of the pair discriminator's loss": ("ペア識別器の損失の重み", "쌍 판별자 손실의 가중치"),
    "weight of its loss on drawings, whose lines it is not shown": (
        "線を見せずに線画で計算するその損失の重み",
        "선을 보여 주지 않는 선화에서의 그 손실의 가중치",
    ),
    "weight of the pair discriminator's feature distance": (
        "ペア識別器の特徴距離の重み",
        "쌍 판별자 특징 거리의 가중치",
    ),
    "weight of the VGG distance": ("VGG距離の重み", "VGG 거리의 가중치"),
    "weight of the L1 distance of alpha": ("アルファのL1距離の重み", "알파 L1 거리의 가중치"),
    "weight of alpha outside a drawing": ("線画の外側のアルファの重み", "선화 바깥 알파의 가중치"),
    "weight of the codes' divergence from N(0, I)": (
        "コードとN(0, I)の乖離の重み",
        "코드가 N(0, I)에서 벗어난 정도의 가중치",
    ),
    "weight of the regression of another picture's code": (
        "別の画像のコードの回帰の重み",
        "다른 그림의 코드 회귀의 가중치",
    ),
    "weight of a drawing's lines that a detector misses": (
        "検出器が見落とす線の重み",
        "검출기가 놓치는 선의 가중치",
    ),
    "weight of the L1 distance of a pair's line maps": (
        "ペアの線マップのL1距離の重み",
        "쌍의 선 지도 L1 거리의 가중치",
    ),
    "weight of inner lines brighter than their surroundings": (
        "周囲より明るい内側の線の重み",
        "주위보다 밝은 안쪽 선의 가중치",
    ),
    "share of white backgrounds; the rest are plain colours": (
        "白い背景の割合。残りは単色",
        "흰 배경의 비율. 나머지는 단색",
    ),
    # colorize
    "side of the squares, pixels": ("正方形の一辺(ピクセル)", "정사각형 한 변 (픽셀)"),
    "shorter side below which a picture is dropped, pixels": (
        "これより短辺が小さい画像は除く(ピクセル)",
        "짧은 변이 이보다 작은 그림은 뺌 (픽셀)",
    ),
    "plain: trained with the rest; lite0: frozen EfficientNet-Lite0": (
        "plain:全体と一緒に学習、lite0:固定したEfficientNet-Lite0",
        "plain: 나머지와 함께 학습, lite0: 고정한 EfficientNet-Lite0",
    ),
    "what is made: rgb, or the two chroma channels ab": (
        "作るもの:rgb、または色度の2チャンネル ab",
        "만드는 것: rgb 또는 색도 두 채널 ab",
    ),
    "channels of the generator's stem": ("生成器の最初の層のチャンネル数", "생성자 첫 층의 채널 수"),
    "channels of the discriminator's stem": ("識別器の最初の層のチャンネル数", "판별자 첫 층의 채널 수"),
    "weight of the adversarial loss; 0: without": (
        "敵対的損失の重み。0なら使わない",
        "적대적 손실의 가중치. 0이면 쓰지 않음",
    ),
    "weight of how far the guesses of two frames of a scene lie apart": (
        "同じ場面の2枚の推測の差の重み",
        "같은 장면 두 프레임의 추측 차이의 가중치",
    ),
    "share of grey pictures made to look old": ("古い写真のように加工する割合", "오래된 사진처럼 만드는 비율"),
    "what the faithful setting multiplies chroma by": ("「忠実」で色度に掛ける値", "‘충실하게’에서 색도에 곱하는 값"),
    "what the vivid setting multiplies chroma by": ("「鮮やか」で色度に掛ける値", "‘선명하게’에서 색도에 곱하는 값"),
    # pix2pix
    "what is given and what is made": ("入力と出力の種類", "입력과 출력의 종류"),
    "generator's channels at half resolution": ("生成器の半分の解像度でのチャンネル数", "생성자의 절반 해상도 채널 수"),
    "halvings in the generator; at most log2 of the size": (
        "生成器で半分にする回数。最大で一辺のlog2",
        "생성자에서 반으로 줄이는 횟수. 최대 한 변의 log2",
    ),
    "discriminator's channels after its first layer": ("識別器の第1層後のチャンネル数", "판별자 첫 층 뒤의 채널 수"),
    "adversarial loss with its usual optimisers and weights": (
        "敵対的損失。最適化法と重みは通例に従う",
        "적대적 손실. 최적화 방법과 가중치는 관례대로",
    ),
    "weight of the L1 distance; none: usual": ("L1距離の重み。空なら通例の値", "L1 거리의 가중치. 비우면 관례값"),
    "of the VGG distance; likewise": ("VGG距離の重み。同上", "VGG 거리의 가중치. 위와 같음"),
    "rate of both networks; none: the loss's own": (
        "両ネットワークの学習率。空なら損失ごとの値",
        "두 네트워크의 학습률. 비우면 손실별 값",
    ),
    "folder of line maps that prepare lines wrote; half the lines from it": (
        "prepare lines が書いた線マップのフォルダー。線の半分をここから取る",
        "prepare lines가 쓴 선 지도 폴더. 선의 절반을 여기서 가져옴",
    ),
}
