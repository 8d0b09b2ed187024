"""The sentences of the Scattering tab, in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

say = Scope(
    "scattering",
    {
        "tab": ("Scattering", "散乱", "산란"),
        "scat_intro": (
            "Faces from noise, by scattering generative models (SGM; SSGM with noise) that learn to invert wavelets.",
            "ノイズから顔を作る散乱生成モデル(SGMと、ノイズを加えたSSGM)。学ぶのはウェーブレットの逆変換だけです。",
            "노이즈에서 얼굴을 만드는 산란 생성 모델(SGM, 노이즈를 더한 SSGM). 웨이블릿을 되돌리는 것만 배웁니다.",
        ),
        "scat_new": ("New faces", "新しい顔", "새 얼굴"),
        "scat_restore": ("Restore", "復元", "복원"),
        "scat_morph": ("Morph", "モーフィング", "모핑"),
        "scat_steer": ("Steer", "操作", "조종"),
        "scat_why": ("Why?", "なぜ?", "왜?"),
        "scat_press": (
            "Press a face to keep it, large.",
            "顔を押すと大きくして残せます。",
            "얼굴을 누르면 크게 남깁니다.",
        ),
        "scat_temperature": ("Temperature", "温度", "온도"),
        "scat_temperature_info": (
            "1: codes as varied as those of real faces; below: plainer; above: stranger.",
            "1:実際の顔のコードと同じ多様さ。下げると平凡に、上げると奇妙になります。",
            "1: 실제 얼굴의 코드만큼 다양. 낮추면 평범하게, 높이면 이상하게.",
        ),
        "scat_draw": ("New faces", "新しい顔を作る", "새 얼굴 만들기"),
        "scat_download": ("Download PNG", "PNGで保存", "PNG로 저장"),
        "scat_kept": ("Faces you kept", "残した顔", "남긴 얼굴"),
        "scat_upload": (
            "A face, large and upright in its square: PNG, JPEG, WebP, HEIC, TIFF, BMP, up to 30 MB",
            "正面を向いて大きく写った顔(PNG、JPEG、WebP、HEIC、TIFF、BMP、30 MBまで)",
            "정면으로 크게 나온 얼굴 (PNG, JPEG, WebP, HEIC, TIFF, BMP, 최대 30 MB)",
        ),
        "scat_restored": (
            "Drag the handle: left what the encoder sees, right what the decoder makes of its code",
            "つまみを動かす:左は符号化器が見る画像、右はコードからの復元",
            "손잡이를 움직이세요: 왼쪽은 인코더가 보는 그림, 오른쪽은 코드에서 복원한 그림",
        ),
        "scat_by_adversarial": ("by SGM + GAN", "SGM + GANによる復元", "SGM + GAN 복원"),
        "scat_by_ssgm": ("by SSGM", "SSGMによる復元", "SSGM 복원"),
        "scat_by_sgm": ("by SGM", "SGMによる復元", "SGM 복원"),
        "scat_difference": ("what the first lost", "最初のモデルで失われたもの", "첫 모델에서 잃은 것"),
        "scat_ends": ("From one to the other", "一方から他方へ", "한쪽에서 다른 쪽으로"),
        "scat_start": ("First seed", "最初のシード", "첫 시드"),
        "scat_end": ("Last seed", "最後のシード", "마지막 시드"),
        "scat_start_file": ("or a picture to begin with", "または最初の画像", "또는 첫 그림"),
        "scat_end_file": ("or a picture to end with", "または最後の画像", "또는 마지막 그림"),
        "scat_model": ("Model", "モデル", "모델"),
        "scat_model_adversarial": ("SGM + GAN", "SGM + GAN モデル", "SGM + GAN 모델"),
        "scat_model_ssgm": ("SSGM", "SSGM モデル", "SSGM 모델"),
        "scat_model_sgm": ("SGM", "SGM モデル", "SGM 모델"),
        "scat_go": ("Morph", "モーフィングする", "모핑하기"),
        "scat_film": ("On its way", "途中の画像", "가는 길"),
        "scat_animation": ("There and back", "行って戻る", "갔다가 돌아오기"),
        "scat_steer_caption": (
            "The first principal components of the code, what varies most among faces; the rest is the seed's",
            "コードの主成分(上位8つ):顔のいちばん大きな違い。残りはシードで決まります",
            "코드의 앞쪽 주성분, 얼굴 사이에서 가장 많이 달라지는 것. 나머지는 시드가 정합니다",
        ),
        "scat_component": ("Component {number}", "第{number}成分", "성분 {number}"),
        "scat_steered": ("The face of this code", "このコードの顔", "이 코드의 얼굴"),
        "scat_base": ("Seed of the rest", "残りのシード", "나머지의 시드"),
        "scat_reset": ("All to zero", "すべて0に", "모두 0으로"),
        "scat_why_text": (
            "The encoder learns nothing: fixed wavelets, moduli and averages (the scattering transform), then the "
            "directions in which faces differ most, each scaled to variance 1. If the codes of faces are nearly "
            "Gaussian, a draw from N(0, I) is nearly the code of a face, and a decoder that inverts codes of real "
            "faces turns it into a new one. SSGM adds noise to the code while the decoder learns, so that what lies "
            "between the codes is taught too. Measured on {n} faces that trained nothing:",
            "符号化器は何も学びません。固定のウェーブレット、絶対値、平均(散乱変換)のあと、顔がいちばん違う方向を取り出し、"
            "それぞれ分散1にそろえます。顔のコードがほぼガウス分布なら、N(0, I)からの抽出はほぼ顔のコードであり、"
            "実際の顔のコードを画像に戻す復号器はそれを新しい顔にします。SSGMは学習中にコードへノイズを加え、"
            "コードの間も教えます。学習に使っていない{n}枚の顔で測ると:",
            "인코더는 아무것도 배우지 않습니다. 고정된 웨이블릿, 절댓값, 평균(산란 변환) 뒤에 얼굴이 가장 많이 "
            "달라지는 방향을 골라 각각 분산 1로 맞춥니다. 얼굴의 코드가 거의 가우스 분포라면 N(0, I)에서 "
            "뽑은 것은 거의 얼굴의 코드이고, 실제 얼굴의 코드를 그림으로 되돌리는 디코더가 그것을 새 얼굴로 만듭니다. "
            "SSGM은 학습 중에 코드에 노이즈를 더해 코드 사이도 가르칩니다. 학습에 쓰지 않은 얼굴 {n}장으로 재면:",
        ),
        "scat_why_none": (
            "These weights tell nothing of their codes.",
            "この重みにはコードの記録がありません。",
            "이 가중치에는 코드 기록이 없습니다.",
        ),
        "scat_spectrum": (
            "Spectrum: each component's share of the variance (log10), and of it the noise that SSGM is taught with",
            "スペクトル:各成分の分散の割合(log10)と、SSGMの学習で加えるノイズの割合",
            "스펙트럼: 성분마다 분산의 비율(log10)과 그중 SSGM 학습에 더하는 노이즈",
        ),
        "scat_quantiles": (
            "Quantiles of three components over those of N(0, 1): Gaussian codes lie on the diagonal",
            "3つの成分の分位点とN(0, 1)の分位点:ガウス分布なら対角線上",
            "세 성분의 분위수와 N(0, 1)의 분위수: 가우스 분포면 대각선 위",
        ),
        "scat_norms": (
            "Squared lengths of codes, and the chi-square distribution of Gaussian ones",
            "コードの長さの2乗と、ガウス分布の場合のカイ2乗分布",
            "코드 길이의 제곱과 가우스 분포일 때의 카이제곱 분포",
        ),
        "scat_figures": (
            "mean absolute skewness {code_skewness:.2f}, excess kurtosis {code_excess_kurtosis:.2f}, "
            "Kolmogorov-Smirnov statistic {code_ks:.3f} ({code_ks_rejected:.0%} of components not Gaussian at 1%); "
            "the variance of squared lengths is {code_norm_dispersion:.1f} times a Gaussian's.",
            "歪度の絶対値の平均{code_skewness:.2f}、過剰尖度{code_excess_kurtosis:.2f}、"
            "コルモゴロフ・スミルノフ統計量{code_ks:.3f}(成分の{code_ks_rejected:.0%}が1%水準でガウスでない)、"
            "長さの2乗の分散はガウス分布の{code_norm_dispersion:.1f}倍。",
            "왜도 절댓값 평균 {code_skewness:.2f}, 초과 첨도 {code_excess_kurtosis:.2f}, "
            "콜모고로프-스미르노프 통계량 {code_ks:.3f} (성분의 {code_ks_rejected:.0%}가 1% 수준에서 가우스가 아님), "
            "길이 제곱의 분산은 가우스 분포의 {code_norm_dispersion:.1f}배.",
        ),
        "scat_line_variance": ("variance", "分散", "분산"),
        "scat_line_noise": ("the noise in it", "うちノイズ", "그중 노이즈"),
        "scat_line_faces": ("faces", "顔", "얼굴"),
        "scat_line_gaussian": ("Gaussian", "ガウス", "가우스"),
    },
)
